#include "engine/kernels/dispatch.h"

#include "engine/kernels/tables.h"
#include "engine/kernels/vector_ops.h"

#if defined(SANCHO_X86_KERNELS)
#include <cpuid.h>
#elif defined(SANCHO_ARM_KERNELS) && defined(__linux__)
#include <sys/auxv.h>
#endif

namespace sancho::engine {
namespace {

#if defined(SANCHO_X86_KERNELS)
// Not every compiler's __builtin_cpu_supports knows this one.
bool has_f16c() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & bit_F16C);
}

// The builtin also asks the operating system whether it saves the wide registers.
bool has_avx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && has_f16c();
}

// Nor this one: bit 4 of leaf 7, subleaf 1.
bool has_avx_vnni() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return has_avx2() && __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) && (eax & 1u << 4);
}

bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vbmi") &&
         __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512bf16");
}
#elif defined(SANCHO_ARM_KERNELS)
bool has_dotprod() {
#if defined(__ARM_FEATURE_DOTPROD)
  return true;
#elif defined(__linux__)
  constexpr unsigned long asimddp = 1ul << 20;
  return getauxval(AT_HWCAP) & asimddp;
#else
  return false;
#endif
}
#endif

}  // namespace

const KernelTable* kernels_of(Isa isa) {
#if defined(SANCHO_X86_KERNELS)
  static const bool avx2 = has_avx2(), avx_vnni = has_avx_vnni(), avx512 = has_avx512();
  if (isa == Isa::avx512) return avx512 ? &kAvx512Kernels : nullptr;
  if (isa == Isa::avxvnni) return avx_vnni ? &kAvxVnniKernels : nullptr;
  if (isa == Isa::avx2) return avx2 ? &kAvx2Kernels : nullptr;
#elif defined(SANCHO_ARM_KERNELS)
  static const bool dotprod = has_dotprod();
  if (isa == Isa::dotprod) return dotprod ? &kDotprodKernels : nullptr;
  if (isa == Isa::neon) return &kNeonKernels;
#endif
  return isa == Isa::scalar ? &kScalarKernels : nullptr;
}

const KernelTable& kernels() {
  return *kernels_of(active_isa());
}

float dot(std::span<const float> a, std::span<const float> b) {
  return kernels().dot(a.data(), b.data(), a.size());
}

void axpy(float a, std::span<const float> x, std::span<float> y) {
  kernels().axpy(a, x.data(), y.data(), x.size());
}

void rms_norm(std::span<const float> x, std::span<const float> weight, float eps,
              std::span<float> out) {
  kernels().rms_norm(x.data(), weight.data(), eps, out.data(), x.size());
}

void softmax(std::span<float> x) {
  if (!x.empty()) kernels().softmax(x.data(), x.size());
}

void silu_mul(std::span<const float> gate, std::span<const float> up, std::span<float> out) {
  kernels().silu_mul(gate.data(), up.data(), out.data(), gate.size());
}

void rope_rotate_half(std::span<float> x, std::span<const float> cos, std::span<const float> sin) {
  kernels().rope(x.data(), cos.data(), sin.data(), x.size() / 2);
}

}  // namespace sancho::engine

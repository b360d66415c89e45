#include "engine/kernels/csr.h"

#include "engine/kernels/simd/csr_kernels.h"

namespace sancho::engine {
namespace {

struct Lanes {
  using Float = float;
  static constexpr std::size_t width = 1;

  static Float zero() { return 0; }
  static Float set(float v) { return v; }
  static Float load(const float* p) { return *p; }
  static void store(float* p, Float v) { *p = v; }
  static Float add(Float a, Float b) { return a + b; }
  static Float mul(Float a, Float b) { return a * b; }
  static Float fma(Float a, Float b, Float c) { return a * b + c; }
  static float sum(Float v) { return v; }
  static void sum4(Float a, Float b, Float c, Float d, float* out) {
    out[0] = a;
    out[1] = b;
    out[2] = c;
    out[3] = d;
  }
};

}  // namespace

const CsrKernels kScalarCsr = {CsrKernelsOf<Lanes>::product,
                               CsrKernelsOf<Lanes>::products_of_entries};

}  // namespace sancho::engine

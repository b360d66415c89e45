#include "engine/kernels/attention.h"

#include "engine/kernels/dispatch.h"
#include "engine/kernels/simd/attention_layout.h"

namespace sancho::engine {

std::size_t kv_block_bytes(KvFormat format, std::size_t dim) {
  const std::size_t elements = kKvBlock * (dim + kv_value_stride(dim));
  switch (format) {
    case KvFormat::f32:
      return elements * sizeof(float);
    case KvFormat::f16:
      return elements * sizeof(Half);
    case KvFormat::int8:
      break;
  }
  return elements + 2 * kKvBlock * sizeof(float);
}

std::size_t attention_scratch(std::size_t dim) {
  return kQueryTile * (kKvBlock + kv_value_stride(dim)) + kKvBlock * (dim + kv_value_stride(dim));
}

const AttentionKernels* attention_kernels_of(Isa isa, KvFormat format) {
  const auto index = static_cast<std::size_t>(format);
  if (!kernels_of(isa)) return nullptr;
#if defined(SANCHO_X86_KERNELS)
  if (isa == Isa::avx512) return &kAvx512Attention[index];
  if (isa >= Isa::avx2) return &kAvx2Attention[index];
#elif defined(SANCHO_ARM_KERNELS)
  if (isa >= Isa::neon) return &kNeonAttention[index];
#endif
  return &kScalarAttention[index];
}

const AttentionKernels& attention_kernels(KvFormat format) {
  return *attention_kernels_of(active_isa(), format);
}

}  // namespace sancho::engine

#include "engine/kernels/neon/codes.h"
#include "engine/kernels/neon/nibbles.h"
#include "engine/kernels/panels.h"
#include "engine/kernels/simd/float_kernels.h"
#include "engine/kernels/simd/int4_kernels.h"
#include "engine/kernels/simd/int8_kernels.h"
#include "engine/kernels/simd/panel_kernels.h"
#include "engine/kernels/tables.h"

namespace sancho::engine {
namespace {

float quantize(const float* x, std::size_t n, std::size_t padded, std::uint8_t* codes) {
  const auto four = [&](std::size_t i) {
    return n - i >= 4 ? Lanes::load(x + i) : Lanes::load_part(x + i, n - i);
  };
  // Magnitudes of floats are ordered as their bits are, with infinity and NaN on top.
  uint32x4_t tops = vdupq_n_u32(0);
  for (std::size_t i = 0; i < n; i += 4)
    tops = vmaxq_u32(tops, vreinterpretq_u32_f32(vabsq_f32(four(i))));
  const std::uint32_t top = vmaxvq_u32(tops);
  const float largest = vgetq_lane_f32(vreinterpretq_f32_u32(vdupq_n_u32(top)), 0);
  const bool finite = top < 0x7f800000u;
  const bool zero = !finite || largest < kSmallestActivation;
  const float inverse = zero ? 0.0f : 127.0f / largest;
  for (std::size_t i = 0; i < padded; i += 4) {
    int32x4_t rounded = vdupq_n_s32(128);
    if (!zero && i < n) rounded = vaddq_s32(rounded, vcvtnq_s32_f32(vmulq_n_f32(four(i), inverse)));
    const uint16x4_t words = vqmovun_s32(rounded);
    const uint8x8_t bytes = vqmovn_u16(vcombine_u16(words, words));
    const std::uint32_t four_codes = vget_lane_u32(vreinterpret_u32_u8(bytes), 0);
    __builtin_memcpy(codes + i, &four_codes, sizeof four_codes);
  }
  return finite ? (zero ? 0.0f : largest / 127.0f) : __builtin_nanf("");
}

void pack(const std::uint8_t* rows, std::size_t stride, std::uint8_t* panel) {
  for (std::size_t i = 0; i < stride; i += 4)
    for (std::size_t t = 0; t < kPanelTokens; ++t)
      __builtin_memcpy(panel + (i / 4 * kPanelTokens + t) * 4, rows + t * stride + i, 4);
}

using Floats = FloatKernels<Lanes>;
using Integers = Int8Kernels<Codes>;
using Int4 = Int4Kernels<Nibbles>;

}  // namespace

const KernelTable kNeonKernels = {
    Floats::dot,
    Floats::axpy,
    Floats::rms_norm,
    Floats::softmax,
    Floats::silu_mul,
    Floats::rope,
    quantize,
    Floats::gemm<float>,
    Floats::gemm<std::uint16_t>,
    Integers::gemm,
    Integers::gemm_expanded,
    Integers::expand,
    Int4::group_codes,
    Int4::gemm,
    Int4::gemm_sparse,
    Int4::expand,
    true,
};
const PanelKernels kNeonPanels = {pack, PanelProducts<Panel>::gemm, nullptr, nullptr, nullptr};

}  // namespace sancho::engine

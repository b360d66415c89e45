#pragma once

#include "engine/kernels/neon/bytes.h"
#include "engine/kernels/neon/lanes.h"

namespace sancho::engine {
namespace {

/// int8 codes in NEON, see Int8Kernels. Sums of products lie in a register of the same type.
struct Codes {
  using Vector = int8x16_t;
  static constexpr std::size_t width = 16;
  static constexpr std::size_t tile_tokens = 4;

  static Vector zero() { return vdupq_n_s8(0); }
  static Vector load(const std::int8_t* p) { return vld1q_s8(p); }
  static Vector load_part(const std::int8_t* p, std::size_t n) {
    std::int8_t codes[width] = {};
    for (std::size_t i = 0; i < n; ++i) codes[i] = p[i];
    return vld1q_s8(codes);
  }
  static Vector load_activations(const std::uint8_t* p) {
    return vreinterpretq_s8_u8(veorq_u8(vld1q_u8(p), vdupq_n_u8(0x80)));
  }
  static Vector multiply_add(Vector acc, Vector x, Vector w) {
    return vreinterpretq_s8_s32(multiply_add4(vreinterpretq_s32_s8(acc), x, w));
  }
  static Vector add(Vector a, Vector b) {
    return vreinterpretq_s8_s32(vaddq_s32(vreinterpretq_s32_s8(a), vreinterpretq_s32_s8(b)));
  }
  static std::int32_t sum(Vector v) { return vaddvq_s32(vreinterpretq_s32_s8(v)); }
  /// Activations are signed here, so the sum of products is the product.
  static std::int32_t product(std::int32_t sum, std::int32_t) { return sum; }
  static void finish4(const Vector (&acc)[4], const float* w_scales, const std::int32_t*,
                      float x_scale, float* y) {
    const auto pairs = [&](std::size_t i) {
      return vpaddq_s32(vreinterpretq_s32_s8(acc[i]), vreinterpretq_s32_s8(acc[i + 1]));
    };
    const float32x4_t product = vcvtq_f32_s32(vpaddq_s32(pairs(0), pairs(2)));
    vst1q_f32(y, vmulq_f32(product, vmulq_n_f32(vld1q_f32(w_scales), x_scale)));
  }

  /// A sparse row as `padded` dense codes.
  static void expand_row(const std::uint8_t* mask, std::size_t padded, const std::int8_t* values,
                         const std::int8_t* values_end, std::int8_t* out) {
    const auto* next = reinterpret_cast<const std::uint8_t*>(values);
    const auto* end = reinterpret_cast<const std::uint8_t*>(values_end);
    for (std::size_t i = 0; i < padded; i += 64, mask += 8) {
      const auto put = [&](const Chunk& chunk) {
        for (std::size_t k = 0; k < 4; ++k)
          vst1q_s8(out + i + 16 * k, vreinterpretq_s8_u8(chunk.bytes[k]));
      };
      const auto left = static_cast<std::size_t>(end - next);
      if (left < sizeof(LastBytes)) {
        const LastBytes last(next, left);
        const std::uint8_t* copy = last.bytes;
        put(expand64(mask, copy, 0));
        next += copy - last.bytes;
      } else {
        put(expand64(mask, next, 0));
      }
    }
  }
};

/// Four tokens' codes in NEON, see PanelProducts.
struct Panel {
  using Sums = int32x4_t;
  using Codes = int8x16_t;
  static constexpr std::size_t lanes = 4, rows = 4, vectors = 4;

  static Sums start(std::int32_t) { return vdupq_n_s32(0); }
  static Codes load(const std::uint8_t* p) {
    return vreinterpretq_s8_u8(veorq_u8(vld1q_u8(p), vdupq_n_u8(0x80)));
  }
  static int8x16_t broadcast(const std::int8_t* p) {
    std::int32_t four;
    __builtin_memcpy(&four, p, sizeof four);
    return vreinterpretq_s8_s32(vdupq_n_s32(four));
  }
  static Sums multiply_add(Sums sums, Codes x, int8x16_t w) { return multiply_add4(sums, x, w); }

  template <std::size_t Rows>
  static void finish(const Sums (&sums)[Rows], const float* w_scales, const float* x_scales,
                     float* y, std::size_t stride, std::size_t tokens) {
    const float32x4_t scales = vld1q_f32(x_scales);
    float32x4_t v[Rows];
    for (std::size_t r = 0; r < Rows; ++r)
      v[r] = vmulq_f32(vcvtq_f32_s32(sums[r]), vmulq_n_f32(scales, w_scales[r]));
    if constexpr (Rows == 4) {
      float columns[16];
      vst4q_f32(columns, {{v[0], v[1], v[2], v[3]}});
      for (std::size_t t = 0; t < tokens; ++t)
        vst1q_f32(y + t * stride, vld1q_f32(columns + 4 * t));
    } else {
      float column[lanes];
      vst1q_f32(column, v[0]);
      for (std::size_t t = 0; t < tokens; ++t) y[t * stride] = column[t];
    }
  }
};

}  // namespace
}  // namespace sancho::engine

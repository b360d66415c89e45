#pragma once

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

// Internal linkage, as in every file that holds instructions of one set alone.

namespace sancho::engine {
namespace {

/// Four floats, see FloatKernels.
struct Lanes {
  using Float = float32x4_t;
  static constexpr std::size_t width = 4;
  static constexpr std::size_t tile_tokens = 4;

  static Float zero() { return vdupq_n_f32(0); }
  static Float set(float v) { return vdupq_n_f32(v); }
  static Float load(const float* p) { return vld1q_f32(p); }
  static Float load(const std::uint16_t* p) {
    return vreinterpretq_f32_u32(vshll_n_u16(vld1_u16(p), 16));
  }
  template <class T>
  static Float load_part(const T* p, std::size_t n) {
    T lanes[width] = {};
    for (std::size_t i = 0; i < n; ++i) lanes[i] = p[i];
    return load(lanes);
  }
  static void store(float* p, Float v) { vst1q_f32(p, v); }
  static void store_part(float* p, Float v, std::size_t n) {
    float lanes[width];
    vst1q_f32(lanes, v);
    for (std::size_t i = 0; i < n; ++i) p[i] = lanes[i];
  }
  static Float add(Float a, Float b) { return vaddq_f32(a, b); }
  static Float sub(Float a, Float b) { return vsubq_f32(a, b); }
  static Float mul(Float a, Float b) { return vmulq_f32(a, b); }
  static Float div(Float a, Float b) { return vdivq_f32(a, b); }
  static Float fma(Float a, Float b, Float c) { return vfmaq_f32(c, a, b); }
  // Both return the second operand where one is not a number.
  static Float min(Float a, Float b) { return vbslq_f32(vcltq_f32(a, b), a, b); }
  static Float max(Float a, Float b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
  static Float round(Float v) { return vrndnq_f32(v); }
  /// v·2ᵏ for whole k in −126..127.
  static Float times_power_of_two(Float v, Float k) {
    const int32x4_t biased = vaddq_s32(vcvtq_s32_f32(k), vdupq_n_s32(127));
    return vmulq_f32(v, vreinterpretq_f32_s32(vshlq_n_s32(biased, 23)));
  }
  static Float zero_where_less(Float v, Float a, Float b) {
    return vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(v), vcltq_f32(a, b)));
  }
  static Float sum4(Float a, Float b, Float c, Float d) {
    return vpaddq_f32(vpaddq_f32(a, b), vpaddq_f32(c, d));
  }
  static void sum4(Float a, Float b, Float c, Float d, float* out) {
    vst1q_f32(out, sum4(a, b, c, d));
  }
  static float sum(Float v) { return vaddvq_f32(v); }
  static void store4(float* p, const Float (&v)[4]) { vst1q_f32(p, sum4(v[0], v[1], v[2], v[3])); }
};

}  // namespace
}  // namespace sancho::engine

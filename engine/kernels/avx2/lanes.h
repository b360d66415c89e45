#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

// Internal linkage, as in every file that holds wide instructions: nothing compiled for this set
// may be linked into code for another.

namespace sancho::engine {
namespace {

/// Eight floats, see FloatKernels.
struct Lanes {
  using Float = __m256;
  static constexpr std::size_t width = 8;
  static constexpr std::size_t tile_tokens = 2;

  static Float zero() { return _mm256_setzero_ps(); }
  static Float set(float v) { return _mm256_set1_ps(v); }
  static Float load(const float* p) { return _mm256_loadu_ps(p); }
  static Float load(const std::uint16_t* p) {
    return widen(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static Float load_part(const float* p, std::size_t n) {
    return _mm256_maskload_ps(p, first_lanes(n));
  }
  static Float load_part(const std::uint16_t* p, std::size_t n) {
    alignas(16) std::uint16_t lanes[8] = {};
    for (std::size_t i = 0; i < n; ++i) lanes[i] = p[i];
    return widen(_mm_load_si128(reinterpret_cast<const __m128i*>(lanes)));
  }
  static void store(float* p, Float v) { _mm256_storeu_ps(p, v); }
  static void store_part(float* p, Float v, std::size_t n) {
    _mm256_maskstore_ps(p, first_lanes(n), v);
  }
  static Float add(Float a, Float b) { return _mm256_add_ps(a, b); }
  static Float sub(Float a, Float b) { return _mm256_sub_ps(a, b); }
  static Float mul(Float a, Float b) { return _mm256_mul_ps(a, b); }
  static Float div(Float a, Float b) { return _mm256_div_ps(a, b); }
  static Float fma(Float a, Float b, Float c) { return _mm256_fmadd_ps(a, b, c); }
  // Both return the second operand where one is not a number.
  static Float min(Float a, Float b) { return _mm256_min_ps(a, b); }
  static Float max(Float a, Float b) { return _mm256_max_ps(a, b); }
  static Float round(Float v) {
    return _mm256_round_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  /// v·2ᵏ for whole k in −126..127.
  static Float times_power_of_two(Float v, Float k) {
    const __m256i biased = _mm256_add_epi32(_mm256_cvtps_epi32(k), _mm256_set1_epi32(127));
    return _mm256_mul_ps(v, _mm256_castsi256_ps(_mm256_slli_epi32(biased, 23)));
  }
  static Float zero_where_less(Float v, Float a, Float b) {
    return _mm256_andnot_ps(_mm256_cmp_ps(a, b, _CMP_LT_OQ), v);
  }
  static __m128 sum4(Float a, Float b, Float c, Float d) {
    const __m256 pairs = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
    return _mm_add_ps(_mm256_castps256_ps128(pairs), _mm256_extractf128_ps(pairs, 1));
  }
  static float sum(Float v) { return _mm_cvtss_f32(sum4(v, v, v, v)); }
  static void store4(float* p, const Float (&v)[4]) {
    _mm_storeu_ps(p, sum4(v[0], v[1], v[2], v[3]));
  }

 private:
  static Float widen(__m128i bf16) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bf16), 16));
  }
  static __m256i first_lanes(std::size_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)),
                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
};

}  // namespace
}  // namespace sancho::engine

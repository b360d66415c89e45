#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

// Internal linkage, as in every file that holds wide instructions: nothing compiled for this set
// may be linked into code for another.

namespace sancho::engine {
namespace {

/// Sixteen floats, see FloatKernels.
struct Lanes {
  using Float = __m512;
  static constexpr std::size_t width = 16;
  static constexpr std::size_t tile_tokens = 4;

  static Float zero() { return _mm512_setzero_ps(); }
  static Float set(float v) { return _mm512_set1_ps(v); }
  static Float load(const float* p) { return _mm512_loadu_ps(p); }
  static Float load(const std::uint16_t* p) {
    return widen(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  static Float load_part(const float* p, std::size_t n) {
    return _mm512_maskz_loadu_ps(first_lanes(n), p);
  }
  static Float load_part(const std::uint16_t* p, std::size_t n) {
    return widen(_mm256_maskz_loadu_epi16(first_lanes(n), p));
  }
  static void store(float* p, Float v) { _mm512_storeu_ps(p, v); }
  static void store_part(float* p, Float v, std::size_t n) {
    _mm512_mask_storeu_ps(p, first_lanes(n), v);
  }
  static Float add(Float a, Float b) { return _mm512_add_ps(a, b); }
  static Float sub(Float a, Float b) { return _mm512_sub_ps(a, b); }
  static Float mul(Float a, Float b) { return _mm512_mul_ps(a, b); }
  static Float div(Float a, Float b) { return _mm512_div_ps(a, b); }
  static Float fma(Float a, Float b, Float c) { return _mm512_fmadd_ps(a, b, c); }
  // Both return the second operand where one is not a number.
  static Float min(Float a, Float b) { return _mm512_min_ps(a, b); }
  static Float max(Float a, Float b) { return _mm512_max_ps(a, b); }
  static Float round(Float v) {
    return _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  static Float times_power_of_two(Float v, Float k) { return _mm512_scalef_ps(v, k); }
  static Float zero_where_less(Float v, Float a, Float b) {
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(a, b, _CMP_NLT_UQ), v);
  }
  static __m128 sum4(Float a, Float b, Float c, Float d) {
    const __m256 pairs =
        _mm256_hadd_ps(_mm256_hadd_ps(halves(a), halves(b)), _mm256_hadd_ps(halves(c), halves(d)));
    return _mm_add_ps(_mm256_castps256_ps128(pairs), _mm256_extractf128_ps(pairs, 1));
  }
  static float sum(Float v) { return _mm_cvtss_f32(sum4(v, v, v, v)); }
  static void store4(float* p, const Float (&v)[4]) {
    _mm_storeu_ps(p, sum4(v[0], v[1], v[2], v[3]));
  }
  static __mmask16 first_lanes(std::size_t n) { return static_cast<__mmask16>((1u << n) - 1); }

 private:
  static __m256 halves(Float v) {
    return _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
  }
  static Float widen(__m256i bf16) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bf16), 16));
  }
};

}  // namespace
}  // namespace sancho::engine

#include <immintrin.h>

#include "engine/kernels/simd/panel_kernels.h"
#include "engine/kernels/tables.h"

namespace sancho::engine {
namespace {

struct Panel {
  using Sums = __m512i;
  using Codes = __m512i;
  static constexpr std::size_t lanes = 16, rows = 8, vectors = 3;

  /// Activations are 128 too large, so that a row's sum begins 128·Σw below zero (modulo 2³²).
  static Sums start(std::int32_t w_sum) {
    return _mm512_set1_epi32(
        static_cast<std::int32_t>(0u - (static_cast<std::uint32_t>(w_sum) << 7)));
  }
  static Codes load(const std::uint8_t* p) { return _mm512_loadu_si512(p); }
  static Codes broadcast(const std::int8_t* p) {
    std::int32_t four;
    __builtin_memcpy(&four, p, sizeof four);
    return _mm512_set1_epi32(four);
  }
  /// The intrinsic makes GCC 12 copy every sum before each step.
  static Sums multiply_add(Sums sums, Codes x, Codes w) {
    __asm__("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(x), "v"(w));
    return sums;
  }

  template <std::size_t Rows>
  __attribute__((always_inline)) static void finish(const Sums (&sums)[Rows], const float* w_scales,
                                                    const float* x_scales, float* y,
                                                    std::size_t stride, std::size_t tokens) {
    const __m512 scales = _mm512_loadu_ps(x_scales);
    __m512 values[Rows];
    for (std::size_t r = 0; r < Rows; ++r)
      values[r] = _mm512_mul_ps(_mm512_cvtepi32_ps(sums[r]),
                                _mm512_mul_ps(_mm512_set1_ps(w_scales[r]), scales));
    if constexpr (Rows == 8) {
      store_columns(values, y, stride, tokens);
    } else {
      alignas(64) float column[lanes];
      _mm512_store_ps(column, values[0]);
      for (std::size_t t = 0; t < tokens; ++t) y[t * stride] = column[t];
    }
  }

 private:
  /// v[0..3] of token 4·lane + k in lane `lane` of out[k].
  static void transpose4(const __m512* v, __m512* out) {
    const __m512 a = _mm512_unpacklo_ps(v[0], v[1]), b = _mm512_unpackhi_ps(v[0], v[1]);
    const __m512 c = _mm512_unpacklo_ps(v[2], v[3]), d = _mm512_unpackhi_ps(v[2], v[3]);
    const auto low = [](__m512 p, __m512 q) {
      return _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(p), _mm512_castps_pd(q)));
    };
    const auto high = [](__m512 p, __m512 q) {
      return _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(p), _mm512_castps_pd(q)));
    };
    out[0] = low(a, c);
    out[1] = high(a, c);
    out[2] = low(b, d);
    out[3] = high(b, d);
  }

  /// Eight rows of sixteen tokens as the first `tokens` rows of eight columns.
  static void store_columns(const __m512 (&v)[8], float* y, std::size_t stride,
                            std::size_t tokens) {
    __m512 first[4], second[4];
    transpose4(v, first);
    transpose4(v + 4, second);
    const __m512i pairs01 = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
    const __m512i pairs23 = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
    const auto put = [&](std::size_t token, __m256 row) {
      if (token < tokens) _mm256_storeu_ps(y + token * stride, row);
    };
    for (std::size_t k = 0; k < 4; ++k) {
      const __m512d a = _mm512_castps_pd(first[k]), b = _mm512_castps_pd(second[k]);
      const __m512 low = _mm512_castpd_ps(_mm512_permutex2var_pd(a, pairs01, b));
      const __m512 high = _mm512_castpd_ps(_mm512_permutex2var_pd(a, pairs23, b));
      put(k, _mm512_castps512_ps256(low));
      put(k + 4, _mm512_extractf32x8_ps(low, 1));
      put(k + 8, _mm512_castps512_ps256(high));
      put(k + 12, _mm512_extractf32x8_ps(high, 1));
    }
  }
};

/// A 16×16 transposition of 4-byte elements for every 64 columns.
void pack(const std::uint8_t* rows, std::size_t stride, std::uint8_t* panel) {
  for (std::size_t i = 0; i < stride; i += 64) {
    __m512i a[16], b[16];
    for (std::size_t t = 0; t < 16; ++t) a[t] = _mm512_loadu_si512(rows + t * stride + i);
    for (std::size_t t = 0; t < 16; t += 2) {
      b[t] = _mm512_unpacklo_epi32(a[t], a[t + 1]);
      b[t + 1] = _mm512_unpackhi_epi32(a[t], a[t + 1]);
    }
    for (std::size_t t = 0; t < 16; t += 4)
      for (std::size_t k = 0; k < 2; ++k) {
        a[t + 2 * k] = _mm512_unpacklo_epi64(b[t + k], b[t + 2 + k]);
        a[t + 2 * k + 1] = _mm512_unpackhi_epi64(b[t + k], b[t + 2 + k]);
      }
    // a[4·q + k] holds, in lane l, column 4·l + k of tokens 4·q to 4·q + 3.
    for (std::size_t k = 0; k < 4; ++k) {
      const __m512i even01 = _mm512_shuffle_i32x4(a[k], a[4 + k], 0x88);
      const __m512i odd01 = _mm512_shuffle_i32x4(a[k], a[4 + k], 0xdd);
      const __m512i even23 = _mm512_shuffle_i32x4(a[8 + k], a[12 + k], 0x88);
      const __m512i odd23 = _mm512_shuffle_i32x4(a[8 + k], a[12 + k], 0xdd);
      b[k] = _mm512_shuffle_i32x4(even01, even23, 0x88);
      b[8 + k] = _mm512_shuffle_i32x4(even01, even23, 0xdd);
      b[4 + k] = _mm512_shuffle_i32x4(odd01, odd23, 0x88);
      b[12 + k] = _mm512_shuffle_i32x4(odd01, odd23, 0xdd);
    }
    for (std::size_t k = 0; k < 16; ++k) _mm512_storeu_si512(panel + (i / 4 + k) * 64, b[k]);
  }
}

}  // namespace

const PanelKernels kAvx512Panels = {pack, PanelProducts<Panel>::gemm};

}  // namespace sancho::engine

#pragma once

#include <immintrin.h>

#include <cstddef>

namespace sancho::engine {
namespace {

/// Sixteen rows of sixteen 4-byte elements, `stride` bytes apart, as columns: `store(k, column)`
/// for every k.
template <class Store>
void transpose16(const void* rows, std::size_t stride, Store store) {
  const char* const bytes = static_cast<const char*>(rows);
  __m512i a[16], b[16];
  for (std::size_t t = 0; t < 16; ++t) a[t] = _mm512_loadu_si512(bytes + t * stride);
  for (std::size_t t = 0; t < 16; t += 2) {
    b[t] = _mm512_unpacklo_epi32(a[t], a[t + 1]);
    b[t + 1] = _mm512_unpackhi_epi32(a[t], a[t + 1]);
  }
  for (std::size_t t = 0; t < 16; t += 4)
    for (std::size_t k = 0; k < 2; ++k) {
      a[t + 2 * k] = _mm512_unpacklo_epi64(b[t + k], b[t + 2 + k]);
      a[t + 2 * k + 1] = _mm512_unpackhi_epi64(b[t + k], b[t + 2 + k]);
    }
  // a[4·q + k] holds, in quarter l, column 4·l + k of rows 4·q to 4·q + 3.
  for (std::size_t k = 0; k < 4; ++k) {
    const __m512i even0 = _mm512_shuffle_i32x4(a[k], a[4 + k], 0x88);
    const __m512i odd0 = _mm512_shuffle_i32x4(a[k], a[4 + k], 0xdd);
    const __m512i even1 = _mm512_shuffle_i32x4(a[8 + k], a[12 + k], 0x88);
    const __m512i odd1 = _mm512_shuffle_i32x4(a[8 + k], a[12 + k], 0xdd);
    store(k, _mm512_shuffle_i32x4(even0, even1, 0x88));
    store(8 + k, _mm512_shuffle_i32x4(even0, even1, 0xdd));
    store(4 + k, _mm512_shuffle_i32x4(odd0, odd1, 0x88));
    store(12 + k, _mm512_shuffle_i32x4(odd0, odd1, 0xdd));
  }
}

/// Eight rows of sixteen floats as the first `tokens` rows and `columns` columns of y.
inline void store_columns(const __m512 (&v)[8], float* y, std::size_t stride, std::size_t tokens,
                          std::size_t columns = 8) {
  // Floats of row 4·quarter + k in quarter `quarter` of each out[k].
  const auto transpose4 = [](const __m512* in, __m512* out) {
    const __m512 a = _mm512_unpacklo_ps(in[0], in[1]), b = _mm512_unpackhi_ps(in[0], in[1]);
    const __m512 c = _mm512_unpacklo_ps(in[2], in[3]), d = _mm512_unpackhi_ps(in[2], in[3]);
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
  };
  __m512 first[4], second[4];
  transpose4(v, first);
  transpose4(v + 4, second);
  const __m512i quarters01 = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
  const __m512i quarters23 = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
  const auto mask = static_cast<__mmask8>((1u << columns) - 1);
  const auto put = [&](std::size_t token, __m256 row) {
    if (token < tokens) _mm256_mask_storeu_ps(y + token * stride, mask, row);
  };
  for (std::size_t k = 0; k < 4; ++k) {
    const __m512d a = _mm512_castps_pd(first[k]), b = _mm512_castps_pd(second[k]);
    const __m512 low = _mm512_castpd_ps(_mm512_permutex2var_pd(a, quarters01, b));
    const __m512 high = _mm512_castpd_ps(_mm512_permutex2var_pd(a, quarters23, b));
    put(k, _mm512_castps512_ps256(low));
    put(k + 4, _mm512_extractf32x8_ps(low, 1));
    put(k + 8, _mm512_castps512_ps256(high));
    put(k + 12, _mm512_extractf32x8_ps(high, 1));
  }
}

/// Adds u8·s8 products of four neighbours to each lane. The intrinsic makes GCC 12 copy every sum
/// before each step.
inline __m512i add_products(__m512i sums, __m512i u8, __m512i s8) {
  __asm__("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(u8), "v"(s8));
  return sums;
}

/// Four neighbouring codes in every lane.
inline __m512i broadcast_quad(const void* p) {
  int quad;
  __builtin_memcpy(&quad, p, sizeof quad);
  return _mm512_set1_epi32(quad);
}

}  // namespace
}  // namespace sancho::engine

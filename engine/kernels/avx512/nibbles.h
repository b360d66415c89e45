#pragma once

#include <immintrin.h>

#include "engine/kernels/avx512/lanes.h"
#include "engine/kernels/avx512/masks.h"
#include "engine/kernels/int4_layout.h"

namespace sancho::engine {
namespace {

/// 4-bit weights in AVX-512, see Int4Kernels. High nibbles stay where they are, so their products
/// count sixteenfold until the end of a block.
struct Nibbles {
  struct Pair {
    __m512i low, high;
  };
  struct Sums {
    __m512i low, high;
  };
  using Floats = __m512;
  static constexpr std::size_t tile_tokens = 8;
  /// Bytes that an expansion which is not careful may read.
  static constexpr std::ptrdiff_t reach = 64;
  static constexpr std::size_t settle_pairs = static_cast<std::size_t>(-1);

  static Floats zero() { return _mm512_setzero_ps(); }
  static Sums begin(const std::int32_t* bias) {
    return {_mm512_loadu_si512(bias), _mm512_setzero_si512()};
  }
  static void settle(Sums&) {}

  static Pair load(const std::uint8_t* codes) { return split(_mm512_loadu_si512(codes)); }

  /// The next pair of a sparse row; weights that are not stored become the code of zero.
  template <bool Careful>
  static Pair expand(const std::uint8_t* mask, const std::uint8_t*& codes) {
    const std::size_t first = count_bits(mask), second = count_bits(mask + 8);
    const std::size_t count = first > second ? first : second;
    const __m512i packed =
        Careful ? _mm512_maskz_loadu_epi8(first_bytes(count), codes) : _mm512_loadu_si512(codes);
    codes += count;
    const Pair dense = split(packed);
    return {_mm512_mask_expand_epi8(_mm512_set1_epi8(8), load_mask(mask), dense.low),
            _mm512_mask_expand_epi8(_mm512_set1_epi8(static_cast<char>(0x80)), load_mask(mask + 8),
                                    dense.high)};
  }

  static void store(const Pair& pair, std::uint8_t* out) {
    _mm512_storeu_si512(out, _mm512_or_si512(pair.low, pair.high));
  }

  static void multiply_add(Sums& sums, const Pair& w, const std::int8_t* x) {
    add_products(sums.low, w.low, x);
    add_products(sums.high, w.high, x + 64);
  }

  /// The scales of a block's groups, each in all lanes of its group.
  static Floats spread(const std::uint16_t* scales, std::size_t groups) {
    if (groups == kInt4Lanes)
      return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(scales)));
    const auto mask = static_cast<__mmask16>((1u << groups) - 1);
    const __m512 packed = _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(mask, scales));
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const int shift = __builtin_ctzll(kInt4Lanes) - __builtin_ctzll(groups);
    return _mm512_permutexvar_ps(_mm512_srl_epi32(lanes, _mm_cvtsi32_si128(shift)), packed);
  }

  static Floats scale_add(const Sums& s, Floats scale, Floats acc) {
    // Every product of a high nibble is a multiple of 16.
    const __m512i sum = _mm512_add_epi32(s.low, _mm512_srai_epi32(s.high, 4));
    return _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), scale, acc);
  }

  static float sum(Floats v) { return Lanes::sum(v); }
  static void finish4(const Floats (&v)[4], float x_scale, float* y) {
    _mm_storeu_ps(y, _mm_mul_ps(Lanes::sum4(v[0], v[1], v[2], v[3]), _mm_set1_ps(x_scale)));
  }

  /// −8·Σ of each lane's codes over the chunks of a block.
  static void bias(const std::int8_t* x, std::size_t chunks, std::int32_t* out) {
    __m512i sums = _mm512_setzero_si512();
    for (std::size_t c = 0; c < chunks; ++c)
      sums = _mm512_dpbusd_epi32(sums, _mm512_set1_epi8(8), _mm512_loadu_si512(x + c * 64));
    _mm512_storeu_si512(out, _mm512_sub_epi32(_mm512_setzero_si512(), sums));
  }

 private:
  /// Written out, since GCC 12 copies the sums around the intrinsic.
  static void add_products(__m512i& sums, __m512i w, const std::int8_t* x) {
    __asm__("vpdpbusd %2, %1, %0"
            : "+v"(sums)
            : "v"(w), "m"(*reinterpret_cast<const __m512i_u*>(x)));
  }

  static Pair split(__m512i both) {
    const __m512i low = _mm512_set1_epi8(15);
    return {_mm512_and_si512(both, low), _mm512_andnot_si512(low, both)};
  }
};

}  // namespace
}  // namespace sancho::engine

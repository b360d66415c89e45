#pragma once

#include <immintrin.h>

#include "engine/kernels/avx2/expand.h"
#include "engine/kernels/avx2/lanes.h"
#include "engine/kernels/avx2/products.h"
#include "engine/kernels/int4_layout.h"

namespace sancho::engine {
namespace {

/// 4-bit weights in AVX2, see Int4Kernels. Codes of 0..15 times −127..127 leave room for eight
/// pairs of products in 16 bits.
struct Nibbles {
  struct Pair {
    __m256i low[2], high[2];
  };
  struct Sums {
    __m256i words[2], sums[2];
  };
  struct Floats {
    __m256 half[2];
  };
  static constexpr std::size_t tile_tokens = 2;
  /// Bytes that an expansion which is not careful may read.
  static constexpr std::ptrdiff_t reach = sizeof(LastBytes);
  static constexpr std::size_t settle_pairs = 4;

  static Floats zero() { return {{_mm256_setzero_ps(), _mm256_setzero_ps()}}; }
  static Sums begin(const std::int32_t* bias) {
    return {{_mm256_setzero_si256(), _mm256_setzero_si256()}, {load256(bias), load256(bias + 8)}};
  }
  static void settle(Sums& s) {
    if constexpr (kHasVnni) return;
    for (std::size_t i = 0; i < 2; ++i) {
      s.sums[i] = _mm256_add_epi32(s.sums[i], _mm256_madd_epi16(s.words[i], _mm256_set1_epi16(1)));
      s.words[i] = _mm256_setzero_si256();
    }
  }

  static Pair load(const std::uint8_t* codes) {
    const __m256i a = load256(codes), b = load256(codes + 32);
    const __m256i low = _mm256_set1_epi8(15);
    return {{_mm256_and_si256(a, low), _mm256_and_si256(b, low)},
            {_mm256_and_si256(_mm256_srli_epi16(a, 4), low),
             _mm256_and_si256(_mm256_srli_epi16(b, 4), low)}};
  }

  /// The next pair of a sparse row; weights that are not stored become the code of zero.
  template <bool Careful>
  static Pair expand(const std::uint8_t* mask, const std::uint8_t*& codes) {
    if constexpr (Careful) {
      std::uint64_t bits[2];
      __builtin_memcpy(bits, mask, sizeof bits);
      const auto first = _mm_popcnt_u64(bits[0]), second = _mm_popcnt_u64(bits[1]);
      const auto count = static_cast<std::size_t>(first > second ? first : second);
      const LastBytes last(codes, count);
      codes += count;
      const std::uint8_t* copy = last.bytes;
      return expand<false>(mask, copy);
    }
    const std::uint8_t* ends[2] = {codes, codes};
    const Expanded low = expand64(mask, ends[0]), high = expand64(mask + 8, ends[1]);
    codes = ends[0] > ends[1] ? ends[0] : ends[1];
    return halves(low, high);
  }

  static void store(const Pair& pair, std::uint8_t* out) {
    for (std::size_t i = 0; i < 2; ++i)
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + 32 * i),
                          _mm256_or_si256(pair.low[i], _mm256_slli_epi16(pair.high[i], 4)));
  }

  static void multiply_add(Sums& s, const Pair& w, const std::int8_t* x) {
    for (std::size_t i = 0; i < 2; ++i) {
      const __m256i first = load256(x + 32 * i), second = load256(x + 64 + 32 * i);
      if constexpr (kHasVnni) {
        s.sums[i] = multiply_add4(multiply_add4(s.sums[i], w.low[i], first), w.high[i], second);
        continue;
      }
      const __m256i a = _mm256_maddubs_epi16(w.low[i], first);
      const __m256i b = _mm256_maddubs_epi16(w.high[i], second);
      s.words[i] = _mm256_add_epi16(s.words[i], _mm256_add_epi16(a, b));
    }
  }

  /// The scales of a block's groups, each in all lanes of its group.
  static Floats spread(const std::uint16_t* scales, std::size_t groups) {
    if (groups == kInt4Lanes) return {{widen(scales), widen(scales + 8)}};
    // Scales of up to eight groups in one register, and for each lane the one that it takes.
    alignas(16) std::uint16_t packed[8] = {};
    __builtin_memcpy(packed, scales, groups * sizeof *scales);
    const __m256 values = widen(packed);
    const __m128i shift = _mm_cvtsi32_si128(__builtin_ctzll(kInt4Lanes) - __builtin_ctzll(groups));
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i upper = _mm256_add_epi32(lanes, _mm256_set1_epi32(8));
    return {{_mm256_permutevar8x32_ps(values, _mm256_srl_epi32(lanes, shift)),
             _mm256_permutevar8x32_ps(values, _mm256_srl_epi32(upper, shift))}};
  }

  static Floats scale_add(const Sums& s, const Floats& scale, const Floats& acc) {
    return {{_mm256_fmadd_ps(_mm256_cvtepi32_ps(s.sums[0]), scale.half[0], acc.half[0]),
             _mm256_fmadd_ps(_mm256_cvtepi32_ps(s.sums[1]), scale.half[1], acc.half[1])}};
  }

  static float sum(const Floats& v) { return Lanes::sum(fold(v)); }
  static void finish4(const Floats (&v)[4], float x_scale, float* y) {
    const __m128 sums = Lanes::sum4(fold(v[0]), fold(v[1]), fold(v[2]), fold(v[3]));
    _mm_storeu_ps(y, _mm_mul_ps(sums, _mm_set1_ps(x_scale)));
  }

  /// −8·Σ of each lane's codes over the chunks of a block.
  static void bias(const std::int8_t* x, std::size_t chunks, std::int32_t* out) {
    __m256i sums[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    for (std::size_t c = 0; c < chunks; ++c)
      for (std::size_t i = 0; i < 2; ++i) {
        const __m256i words =
            _mm256_maddubs_epi16(_mm256_set1_epi8(1), load256(x + c * 64 + 32 * i));
        sums[i] = _mm256_sub_epi32(sums[i], _mm256_madd_epi16(words, _mm256_set1_epi16(8)));
      }
    for (std::size_t i = 0; i < 2; ++i)
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + 8 * i), sums[i]);
  }

 private:
  static Pair halves(const Expanded& low, const Expanded& high) {
    const __m256i nibble = _mm256_set1_epi8(15), zero = _mm256_set1_epi8(8);
    Pair pair;
    for (std::size_t i = 0; i < 2; ++i) {
      pair.low[i] =
          _mm256_blendv_epi8(_mm256_and_si256(low.bytes[i], nibble), zero, low.shuffles[i]);
      const __m256i shifted = _mm256_srli_epi16(high.bytes[i], 4);
      pair.high[i] = _mm256_blendv_epi8(_mm256_and_si256(shifted, nibble), zero, high.shuffles[i]);
    }
    return pair;
  }
  static __m256i load256(const void* p) {
    return _mm256_loadu_si256(static_cast<const __m256i*>(p));
  }
  static __m256 widen(const std::uint16_t* p) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static __m256 fold(const Floats& v) { return _mm256_add_ps(v.half[0], v.half[1]); }
};

}  // namespace
}  // namespace sancho::engine

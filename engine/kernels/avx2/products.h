#pragma once

#include <immintrin.h>

// Internal linkage, as in every file that holds wide instructions: nothing compiled for this set
// may be linked into code for another.

namespace sancho::engine {
namespace {

// Processors with AVX-VNNI do in one instruction what AVX2 needs three for. AVX-512 has the same
// instruction in another encoding.
#if defined(__AVXVNNI__) || (defined(__AVX512VNNI__) && defined(__AVX512VL__))
inline constexpr bool kHasVnni = true;
inline __m256i multiply_add4(__m256i sums, __m256i a, __m256i b) {
  return _mm256_dpbusd_epi32(sums, a, b);
}
#else
inline constexpr bool kHasVnni = false;
/// sums + the products of four neighbouring bytes in each lane, a unsigned and b signed; two
/// products must fit 16 bits.
inline __m256i multiply_add4(__m256i sums, __m256i a, __m256i b) {
  const __m256i pairs = _mm256_maddubs_epi16(a, b);
  return _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}
#endif

}  // namespace
}  // namespace sancho::engine

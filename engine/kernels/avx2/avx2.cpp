#include <immintrin.h>

#include "engine/kernels/avx2/expand.h"
#include "engine/kernels/avx2/lanes.h"
#include "engine/kernels/avx2/nibbles.h"
#include "engine/kernels/avx2/products.h"
#include "engine/kernels/simd/float_kernels.h"
#include "engine/kernels/simd/int4_kernels.h"
#include "engine/kernels/simd/int8_kernels.h"
#include "engine/kernels/tables.h"

namespace sancho::engine {
namespace {

struct Codes {
  using Vector = __m256i;
  static constexpr std::size_t width = 32;
  static constexpr std::size_t tile_tokens = 2;

  static Vector zero() { return _mm256_setzero_si256(); }
  static Vector load(const std::int8_t* p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }
  static Vector load_part(const std::int8_t* p, std::size_t n) {
    alignas(32) std::int8_t codes[32] = {};
    for (std::size_t i = 0; i < n; ++i) codes[i] = p[i];
    return _mm256_load_si256(reinterpret_cast<const __m256i*>(codes));
  }
  static Vector load_activations(const std::uint8_t* p) {
    return _mm256_xor_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)),
                            _mm256_set1_epi8(static_cast<char>(0x80)));
  }
  /// |w|·(x with the sign of w): two products of at most 128·127 each fit int16, so the saturating
  /// instruction never saturates.
  static Vector multiply_add(Vector acc, Vector x, Vector w) {
    return multiply_add4(acc, _mm256_abs_epi8(w), _mm256_sign_epi8(x, w));
  }
  static Vector add(Vector a, Vector b) { return _mm256_add_epi32(a, b); }
  static std::int32_t sum(Vector v) { return _mm_cvtsi128_si32(sum4(v, v, v, v)); }
  /// Activations are signed here, so the sum of products is the product.
  static std::int32_t product(std::int32_t sum, std::int32_t) { return sum; }
  static void finish4(const Vector (&acc)[4], const float* w_scales, const std::int32_t*,
                      float x_scale, float* y) {
    const __m128 product = _mm_cvtepi32_ps(sum4(acc[0], acc[1], acc[2], acc[3]));
    const __m128 scale = _mm_mul_ps(_mm_loadu_ps(w_scales), _mm_set1_ps(x_scale));
    _mm_storeu_ps(y, _mm_mul_ps(product, scale));
  }

  /// A sparse row as `padded` dense codes.
  static void expand_row(const std::uint8_t* mask, std::size_t padded, const std::int8_t* values,
                         const std::int8_t* values_end, std::int8_t* out) {
    const auto* next = reinterpret_cast<const std::uint8_t*>(values);
    const auto* end = reinterpret_cast<const std::uint8_t*>(values_end);
    for (std::size_t i = 0; i < padded; i += 64, mask += 8) {
      const auto put = [&](const Expanded& chunk) {
        for (std::size_t k = 0; k < 2; ++k)
          _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i + 32 * k), chunk.bytes[k]);
      };
      const auto left = static_cast<std::size_t>(end - next);
      if (left < sizeof(LastBytes)) {
        const LastBytes last(next, left);
        const std::uint8_t* copy = last.bytes;
        put(expand64(mask, copy));
        next += copy - last.bytes;
      } else {
        put(expand64(mask, next));
      }
    }
  }

 private:
  static __m128i sum4(Vector a, Vector b, Vector c, Vector d) {
    const __m256i pairs = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
    return _mm_add_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));
  }
};

float quantize(const float* x, std::size_t n, std::size_t padded, std::uint8_t* codes) {
  const __m256i magnitude = _mm256_set1_epi32(0x7fffffff);
  __m256i tops = _mm256_setzero_si256();
  const auto eight = [&](std::size_t i) {
    return n - i >= 8 ? Lanes::load(x + i) : Lanes::load_part(x + i, n - i);
  };
  for (std::size_t i = 0; i < n; i += 8)
    tops = _mm256_max_epu32(tops, _mm256_and_si256(_mm256_castps_si256(eight(i)), magnitude));
  alignas(32) std::uint32_t lanes[8];
  _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), tops);
  std::uint32_t top = 0;
  for (const std::uint32_t lane : lanes) top = lane > top ? lane : top;

  const float largest = _mm_cvtss_f32(_mm_castsi128_ps(_mm_cvtsi32_si128(static_cast<int>(top))));
  const bool finite = top < 0x7f800000u;
  const bool zero = !finite || largest < kSmallestActivation;
  const __m256 inverse = _mm256_set1_ps(zero ? 0.0f : 127.0f / largest);
  for (std::size_t i = 0; i < padded; i += 8) {
    __m256i rounded = _mm256_setzero_si256();
    if (!zero && i < n) rounded = _mm256_cvtps_epi32(_mm256_mul_ps(eight(i), inverse));
    const __m128i words =
        _mm_packs_epi32(_mm256_castsi256_si128(rounded), _mm256_extracti128_si256(rounded, 1));
    const __m128i bytes =
        _mm_xor_si128(_mm_packs_epi16(words, words), _mm_set1_epi8(static_cast<char>(0x80)));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(codes + i), bytes);
  }
  return finite ? (zero ? 0.0f : largest / 127.0f) : __builtin_nanf("");
}

using Floats = FloatKernels<Lanes>;
using Integers = Int8Kernels<Codes>;
using Int4 = Int4Kernels<Nibbles>;

/// R rows, one after the other, times T tokens, each weight expanded in a register. Reads whole
/// chunks of packed codes past the rows' end.
template <std::size_t R, std::size_t T>
__attribute__((noinline)) void sparse_tile(const SparseInt8Rows& w, std::size_t row,
                                           const QuantizedRows& x, const OutputRows& y) {
  constexpr std::size_t ahead = 2048;
  const std::size_t chunks = (w.in + 63) / 64;
  const std::uint8_t* mask = w.bitmask + row * chunks * 8;
  const auto* values = reinterpret_cast<const std::uint8_t*>(w.values + w.offsets[row]);
  __m256i sums[T][R];
  for (std::size_t r = 0; r < R; ++r) {
    __m256i acc[T][2];
    for (auto& token : acc) token[0] = token[1] = _mm256_setzero_si256();
    for (std::size_t c = 0; c < chunks; ++c, mask += 8) {
      __builtin_prefetch(values + ahead);
      const Expanded chunk = expand64(mask, values);
      for (std::size_t t = 0; t < T; ++t)
        for (std::size_t k = 0; k < 2; ++k)
          acc[t][k] = Codes::multiply_add(
              acc[t][k], Codes::load_activations(x.codes + t * x.stride + c * 64 + 32 * k),
              chunk.bytes[k]);
    }
    for (std::size_t t = 0; t < T; ++t) sums[t][r] = _mm256_add_epi32(acc[t][0], acc[t][1]);
  }
  for (std::size_t t = 0; t < T; ++t)
    Integers::finish<R>(sums[t], w.scales + row, w.sums + row, x.scales[t],
                        y.data + t * y.stride + row);
}

/// Tokens by the pair, which share the expansion and leave enough registers for it.
void gemm_sparse(const SparseInt8Rows& w, RowRange rows, const QuantizedRows& x,
                 const OutputRows& y, std::int8_t* scratch) {
  // Whole chunks of packed codes may run past a row's end, but not past the array's.
  std::size_t safe = rows.end;
  while (safe > rows.begin &&
         (safe == rows.end || w.offsets[safe] + 72 > static_cast<std::int64_t>(w.size)))
    --safe;
  safe = rows.begin + (safe - rows.begin) / 4 * 4;
  if (x.tokens > 4) safe = rows.begin;
  for (std::size_t r = rows.begin; r < safe; r += 4) {
    std::size_t t = 0;
    const auto from = [&](std::size_t first, std::size_t count) {
      return QuantizedRows{x.codes + first * x.stride, x.scales + first, count, x.stride};
    };
    for (; t + 2 <= x.tokens; t += 2)
      sparse_tile<4, 2>(w, r, from(t, 2), {y.data + t * y.stride, y.stride});
    if (t < x.tokens) sparse_tile<4, 1>(w, r, from(t, 1), {y.data + t * y.stride, y.stride});
  }
  Integers::gemm_expanded(w, {safe, rows.end}, x, y, scratch);
}

}  // namespace

const KernelTable kAvx2Kernels = {
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
    gemm_sparse,
    Integers::expand,
    Int4::group_codes,
    Int4::gemm,
    Int4::gemm_sparse,
    Int4::expand,
    false,
};

}  // namespace sancho::engine

#include <immintrin.h>

#include "engine/kernels/avx512/lanes.h"
#include "engine/kernels/avx512/masks.h"
#include "engine/kernels/avx512/nibbles.h"
#include "engine/kernels/avx512/panel_registers.h"
#include "engine/kernels/simd/float_kernels.h"
#include "engine/kernels/simd/int4_kernels.h"
#include "engine/kernels/simd/int8_kernels.h"
#include "engine/kernels/tables.h"

namespace sancho::engine {
namespace {

struct Codes {
  using Vector = __m512i;
  static constexpr std::size_t width = 64;
  static constexpr std::size_t tile_tokens = 4;

  static Vector zero() { return _mm512_setzero_si512(); }
  static Vector load(const std::int8_t* p) { return _mm512_loadu_si512(p); }
  static Vector load_part(const std::int8_t* p, std::size_t n) {
    return _mm512_maskz_loadu_epi8(first_bytes(n), p);
  }
  static Vector load_activations(const std::uint8_t* p) { return _mm512_loadu_si512(p); }
  static Vector multiply_add(Vector acc, Vector x, Vector w) {
    return _mm512_dpbusd_epi32(acc, x, w);
  }
  static Vector add(Vector a, Vector b) { return _mm512_add_epi32(a, b); }
  static std::int32_t sum(Vector v) { return _mm_cvtsi128_si32(sum4(v, v, v, v)); }
  /// Activations are 128 too large here, so each row's sum is 128·Σw too large (modulo 2³²).
  static std::int32_t product(std::int32_t sum, std::int32_t w_sum) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) -
                                     (static_cast<std::uint32_t>(w_sum) << 7));
  }
  static void finish4(const Vector (&acc)[4], const float* w_scales, const std::int32_t* w_sums,
                      float x_scale, float* y) {
    const __m128i excess =
        _mm_slli_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(w_sums)), 7);
    const __m128i product = _mm_sub_epi32(sum4(acc[0], acc[1], acc[2], acc[3]), excess);
    const __m128 scale = _mm_mul_ps(_mm_loadu_ps(w_scales), _mm_set1_ps(x_scale));
    _mm_storeu_ps(y, _mm_mul_ps(_mm_cvtepi32_ps(product), scale));
  }

  /// The next 64 columns of a sparse row, and `values` moved behind them. `Careful` reads only
  /// codes that the mask has.
  template <bool Careful>
  static Vector expand(const std::uint8_t* mask, const std::int8_t*& values) {
    const std::size_t count = count_bits(mask);
    Vector packed = Careful ? load_part(values, count) : load(values);
    values += count;
    // Keeps the load apart: expanding straight from memory is many times slower. So is zeroing what
    // is not stored on Zen 4, where that waits for what the register held before.
    Vector dense = zero();
    __asm__("" : "+v"(packed), "+v"(dense));
    return _mm512_mask_expand_epi8(dense, load_mask(mask), packed);
  }

  static void expand_row(const std::uint8_t* mask, std::size_t padded, const std::int8_t* values,
                         const std::int8_t* values_end, std::int8_t* out) {
    for (std::size_t i = 0; i < padded; i += 64, mask += 8) {
      const bool careful = values_end - values < 64;
      _mm512_storeu_si512(out + i,
                          careful ? expand<true>(mask, values) : expand<false>(mask, values));
    }
  }

 private:
  static __m128i sum4(Vector a, Vector b, Vector c, Vector d) {
    const __m256i pairs = _mm256_hadd_epi32(_mm256_hadd_epi32(halves(a), halves(b)),
                                            _mm256_hadd_epi32(halves(c), halves(d)));
    return _mm_add_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));
  }
  static __m256i halves(Vector v) {
    return _mm256_add_epi32(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1));
  }
};

using Floats = FloatKernels<Lanes>;
using Integers = Int8Kernels<Codes>;
using Int4 = Int4Kernels<Nibbles>;

float quantize(const float* x, std::size_t n, std::size_t padded, std::uint8_t* codes) {
  const auto sixteen = [&](std::size_t i) {
    return n - i >= 16 ? Lanes::load(x + i) : Lanes::load_part(x + i, n - i);
  };
  const __m512i magnitude = _mm512_set1_epi32(0x7fffffff);
  __m512i tops = _mm512_setzero_si512();
  for (std::size_t i = 0; i < n; i += 16)
    tops = _mm512_max_epu32(tops, _mm512_and_si512(_mm512_castps_si512(sixteen(i)), magnitude));
  const std::uint32_t top = _mm512_reduce_max_epu32(tops);

  const float largest = _mm_cvtss_f32(_mm_castsi128_ps(_mm_cvtsi32_si128(static_cast<int>(top))));
  const bool finite = top < 0x7f800000u;
  const bool zero = !finite || largest < kSmallestActivation;
  const __m512 inverse = _mm512_set1_ps(zero ? 0.0f : 127.0f / largest);
  for (std::size_t i = 0; i < padded; i += 16) {
    __m512i rounded = _mm512_setzero_si512();
    if (!zero && i < n) rounded = _mm512_cvtps_epi32(_mm512_mul_ps(sixteen(i), inverse));
    const __m128i bytes = _mm512_cvtepi32_epi8(rounded);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(codes + i),
                     _mm_xor_si128(bytes, _mm_set1_epi8(static_cast<char>(0x80))));
  }
  return finite ? (zero ? 0.0f : largest / 127.0f) : __builtin_nanf("");
}

/// R rows times T tokens, each weight expanded in a register and never written back.
template <std::size_t R, std::size_t T, bool Careful>
void sparse_tile(const SparseInt8Rows& w, std::size_t row, const QuantizedRows& x,
                 const OutputRows& y) {
  const std::size_t chunks = (w.in + 63) / 64;
  const std::int8_t* values[R];
  const std::uint8_t* mask = w.bitmask + row * chunks * 8;
  const std::int64_t next_group = Careful ? 0 : w.offsets[row + R] - w.offsets[row];
  __m512i acc[T][R];
  for (std::size_t r = 0; r < R; ++r) {
    values[r] = w.values + w.offsets[row + r];
    for (std::size_t t = 0; t < T; ++t) acc[t][r] = _mm512_setzero_si512();
  }
  for (std::size_t c = 0; c < chunks; ++c) {
    __m512i activations[T];
    for (std::size_t t = 0; t < T; ++t)
      activations[t] = _mm512_loadu_si512(x.codes + t * x.stride + c * 64);
    for (std::size_t r = 0; r < R; ++r) {
      _mm_prefetch(reinterpret_cast<const char*>(values[r] + next_group), _MM_HINT_T0);
      const __m512i weights = Codes::expand<Careful>(mask + (r * chunks + c) * 8, values[r]);
      for (std::size_t t = 0; t < T; ++t)
        acc[t][r] = _mm512_dpbusd_epi32(acc[t][r], activations[t], weights);
    }
  }
  for (std::size_t t = 0; t < T; ++t)
    Integers::finish<R>(acc[t], w.scales + row, w.sums + row, x.scales[t],
                        y.data + t * y.stride + row);
}

/// Sums of products of one row and one token, and `values` moved to the next row. Apart from
/// `sparse_stream`, so that its loop keeps everything in registers.
__attribute__((noinline)) __m512i sparse_row(const std::uint8_t* mask, const std::int8_t*& values,
                                             const std::uint8_t* x, std::size_t chunks) {
  constexpr std::size_t ahead = 2048;
  const std::int8_t* at = values;
  __m512i even = _mm512_setzero_si512(), odd = even;
  const auto next = [&](std::size_t c) __attribute__((always_inline)) {
    _mm_prefetch(reinterpret_cast<const char*>(at + ahead), _MM_HINT_T0);
    return Codes::expand<false>(mask + c * 8, at);
  };
  std::size_t c = 0;
  for (; c + 2 <= chunks; c += 2) {
    even = add_products(even, _mm512_loadu_si512(x + c * 64), next(c));
    odd = add_products(odd, _mm512_loadu_si512(x + c * 64 + 64), next(c + 1));
  }
  if (c < chunks) even = add_products(even, _mm512_loadu_si512(x + c * 64), next(c));
  values = at;
  return _mm512_add_epi32(even, odd);
}

/// One token: four rows, one after the other, which memory serves faster than side by side.
void sparse_stream(const SparseInt8Rows& w, std::size_t row, const QuantizedRows& x,
                   const OutputRows& y) {
  const std::size_t chunks = (w.in + 63) / 64;
  const std::int8_t* values = w.values + w.offsets[row];
  __m512i sums[4];
  for (std::size_t r = 0; r < 4; ++r)
    sums[r] = sparse_row(w.bitmask + (row + r) * chunks * 8, values, x.codes, chunks);
  Integers::finish<4>(sums, w.scales + row, w.sums + row, x.scales[0], y.data + row);
}

template <std::size_t T>
void sparse_rows(const SparseInt8Rows& w, RowRange rows, const QuantizedRows& x,
                 const OutputRows& y) {
  std::size_t r = rows.begin;
  // Whole 64-byte loads of packed codes may run past a row's end, but not past the array's.
  for (; r + 4 < rows.end && w.offsets[r + 4] + 64 <= static_cast<std::int64_t>(w.size); r += 4)
    if constexpr (T == 1)
      sparse_stream(w, r, x, y);
    else
      sparse_tile<4, T, false>(w, r, x, y);
  for (; r + 4 <= rows.end; r += 4) sparse_tile<4, T, true>(w, r, x, y);
  for (; r < rows.end; ++r) sparse_tile<1, T, true>(w, r, x, y);
}

void gemm_sparse(const SparseInt8Rows& w, RowRange rows, const QuantizedRows& x,
                 const OutputRows& y, std::int8_t* scratch) {
  switch (x.tokens) {
    case 1:
      return sparse_rows<1>(w, rows, x, y);
    case 2:
      return sparse_rows<2>(w, rows, x, y);
    case 3:
      return sparse_rows<3>(w, rows, x, y);
    case 4:
      return sparse_rows<4>(w, rows, x, y);
    default:
      return Integers::gemm_expanded(w, rows, x, y, scratch);
  }
}

}  // namespace

const KernelTable kAvx512Kernels = {
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
    true,
};

}  // namespace sancho::engine

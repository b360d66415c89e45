#include <immintrin.h>

#include "engine/kernels/avx2/products.h"
#include "engine/kernels/simd/panel_kernels.h"

namespace sancho::engine {
namespace {

struct Panel {
  using Sums = __m256i;
  using Codes = __m256i;
  struct Weights {
    __m256i codes, magnitudes;
  };
  static constexpr std::size_t lanes = 8, rows = 4, vectors = 2;

  static Sums start(std::int32_t) { return _mm256_setzero_si256(); }
  static Codes load(const std::uint8_t* p) {
    return _mm256_xor_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)),
                            _mm256_set1_epi8(static_cast<char>(0x80)));
  }
  static Weights broadcast(const std::int8_t* p) {
    std::int32_t four;
    __builtin_memcpy(&four, p, sizeof four);
    const __m256i codes = _mm256_set1_epi32(four);
    return {codes, _mm256_abs_epi8(codes)};
  }
  /// |w|·(x with the sign of w): two products of at most 128·127 each fit int16, so the saturating
  /// instruction never saturates.
  static Sums multiply_add(Sums sums, Codes x, Weights w) {
    return multiply_add4(sums, w.magnitudes, _mm256_sign_epi8(x, w.codes));
  }

  template <std::size_t Rows>
  static void finish(const Sums (&sums)[Rows], const float* w_scales, const float* x_scales,
                     float* y, std::size_t stride, std::size_t tokens) {
    const __m256 scales = _mm256_loadu_ps(x_scales);
    __m256 v[Rows];
    for (std::size_t r = 0; r < Rows; ++r)
      v[r] = _mm256_mul_ps(_mm256_cvtepi32_ps(sums[r]),
                           _mm256_mul_ps(_mm256_set1_ps(w_scales[r]), scales));
    if constexpr (Rows == 4) {
      const __m256 a = _mm256_unpacklo_ps(v[0], v[1]), b = _mm256_unpackhi_ps(v[0], v[1]);
      const __m256 c = _mm256_unpacklo_ps(v[2], v[3]), d = _mm256_unpackhi_ps(v[2], v[3]);
      const __m256 columns[] = {_mm256_shuffle_ps(a, c, 0x44), _mm256_shuffle_ps(a, c, 0xee),
                                _mm256_shuffle_ps(b, d, 0x44), _mm256_shuffle_ps(b, d, 0xee)};
      for (std::size_t t = 0; t < tokens; ++t)
        _mm_storeu_ps(y + t * stride, t < 4 ? _mm256_castps256_ps128(columns[t % 4])
                                            : _mm256_extractf128_ps(columns[t % 4], 1));
    } else {
      alignas(32) float column[lanes];
      _mm256_store_ps(column, v[0]);
      for (std::size_t t = 0; t < tokens; ++t) y[t * stride] = column[t];
    }
  }
};

void pack(const std::uint8_t* rows, std::size_t stride, std::uint8_t* panel) {
  for (std::size_t i = 0; i < stride; i += 4)
    for (std::size_t t = 0; t < kPanelTokens; ++t)
      __builtin_memcpy(panel + (i / 4 * kPanelTokens + t) * 4, rows + t * stride + i, 4);
}

}  // namespace

const PanelKernels kAvx2Panels = {pack, PanelProducts<Panel>::gemm, nullptr, nullptr, nullptr};

}  // namespace sancho::engine

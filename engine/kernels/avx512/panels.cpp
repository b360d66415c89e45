#include <immintrin.h>

#include "engine/kernels/avx512/int4_panels.h"
#include "engine/kernels/avx512/panel_registers.h"
#include "engine/kernels/simd/panel_kernels.h"

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
  static Codes broadcast(const std::int8_t* p) { return broadcast_quad(p); }
  static Sums multiply_add(Sums sums, Codes x, Codes w) { return add_products(sums, x, w); }

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
};

/// A 16×16 transposition of 4-byte elements for every 64 columns.
void pack(const std::uint8_t* rows, std::size_t stride, std::uint8_t* panel) {
  for (std::size_t i = 0; i < stride; i += 64)
    transpose16(rows + i, stride, [&](std::size_t k, __m512i column) {
      _mm512_storeu_si512(panel + (i / 4 + k) * 64, column);
    });
}

}  // namespace

const PanelKernels kAvx512Panels = {pack, PanelProducts<Panel>::gemm, pack_grouped_avx512,
                                    gemm_int4_avx512, gemm_sparse_int4_avx512};

}  // namespace sancho::engine

#pragma once

#include "engine/kernels/fp8.h"
#include "engine/kernels/simd/float_kernels.h"

// The FP8 product over an instruction set's `Lanes`, whose loads of std::uint8_t give E4M3 codes
// times 2⁻⁸: as halves, their exponents need no correction. See FloatKernels for linkage.

namespace sancho::engine {

template <class L>
void gemm_fp8(const Fp8Rows& w, RowRange rows, const FloatRows& x, const OutputRows& y) {
  FloatKernels<L>::gemm(w.codes, w.in, rows, x, y);
  for (std::size_t t = 0; t < x.tokens; ++t)
    for (std::size_t r = rows.begin; r < rows.end; ++r)
      y.data[t * y.stride + r] *= 0x1p8f * w.scales[r];
}

}  // namespace sancho::engine

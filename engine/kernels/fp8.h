#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/kernels/dispatch.h"

namespace sancho::engine {

/// W `[out, in]` in FP8 E4M3 with one scale per row.
struct Fp8Rows {
  const std::uint8_t* codes = nullptr;
  const float* scales = nullptr;
  std::size_t in = 0;
};

/// y[t, r] = scale_r·Σ w[r, i]·x[t, i]. Codes become floats in registers and are multiplied as
/// such: these processors have no FP8 arithmetic, so the format saves memory and nothing else.
using Fp8Gemm = void (*)(const Fp8Rows& w, RowRange rows, const FloatRows& x, const OutputRows& y);

/// The kernel of active_isa().
Fp8Gemm fp8_gemm();
/// The kernel of `isa`; null where this build or this processor lacks it. Ignores the cap.
Fp8Gemm fp8_gemm_of(Isa isa);

// One per instruction set, defined in the folder of its name.
extern const Fp8Gemm kScalarFp8Gemm;
extern const Fp8Gemm kAvx2Fp8Gemm;
extern const Fp8Gemm kAvx512Fp8Gemm;

}  // namespace sancho::engine

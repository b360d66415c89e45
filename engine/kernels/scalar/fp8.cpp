#include "engine/kernels/fp8.h"
#include "engine/tensor/fp8.h"

namespace sancho::engine {
namespace {

void gemm(const Fp8Rows& w, RowRange rows, const FloatRows& x, const OutputRows& y) {
  for (std::size_t t = 0; t < x.tokens; ++t)
    for (std::size_t r = rows.begin; r < rows.end; ++r) {
      float sum = 0;
      for (std::size_t i = 0; i < w.in; ++i)
        sum += fp8_to_float(w.codes[r * w.in + i]) * x.data[t * x.stride + i];
      y.data[t * y.stride + r] = sum * w.scales[r];
    }
}

}  // namespace

const Fp8Gemm kScalarFp8Gemm = gemm;

}  // namespace sancho::engine

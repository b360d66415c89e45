#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "engine/tensor/matrix_view.h"

namespace sancho::engine {

/// U `[n, n]`, upper triangular with UᵀU = (H + damping·mean diag·I)⁻¹, for H `[n, n]` symmetric
/// without zeros on its diagonal. Damping grows tenfold, up to three times, where H is not positive
/// definite; then throws std::runtime_error.
std::vector<float> inverse_factor(MatrixView<const float> hessian, double damping,
                                  const std::stop_token& stop = {});

/// What second-order compression knows about the inputs x `[in]` of a layer: the factor of
/// H = 2/N Σ xxᵀ with its columns in the order in which they are treated.
struct InputStatistics {
  std::vector<std::uint32_t> order;  // column treated i-th
  std::vector<bool> dead;            // [in], by that order: this input is always zero
  std::vector<float> factor;         // U [in, in], by that order

  /// `by_size`: columns of large H come first (GPTQ's activation order).
  InputStatistics(MatrixView<const float> hessian, double damping, bool by_size,
                  const std::stop_token& stop = {});
  std::size_t inputs() const { return order.size(); }
};

}  // namespace sancho::engine

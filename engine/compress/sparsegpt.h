#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/kernels/thread_pool.h"
#include "engine/tensor/matrix_view.h"

namespace sancho::engine {

struct SparseGptOptions {
  double sparsity = 0.5;          // share of weights set to zero
  std::span<const float> scales;  // [out]: also rounds to −127…127 times these; empty: does not
  std::size_t block = 128;        // columns that share one choice of zeros
  double damping = 0.01;          // of the mean of H's diagonal
};

/// SparseGPT (Frantar & Alistarh 2023), joined with GPTQ where scales are given: goes through the
/// columns of w `[out, in]`, sets the least important weights to zero, rounds the others, and
/// corrects the columns to come for each error. `hessian` `[in, in]` = 2/N Σ xxᵀ over the layer's
/// inputs x. Inputs that are always zero lose their weights. Returns the loss by the second-order
/// model, Σ err²/U². Throws std::runtime_error where H cannot be factorised even with damping.
double sparsegpt(MatrixView<float> w, MatrixView<const double> hessian,
                 const SparseGptOptions& options, ThreadPool& pool);

/// U, upper triangular with UᵀU = (H + damping·mean diag·I)⁻¹, `[n, n]` row-major; `hessian` as
/// above without zeros on its diagonal.
std::vector<double> inverse_factor(MatrixView<const double> hessian, double damping,
                                   ThreadPool& pool);

}  // namespace sancho::engine

#pragma once

#include <optional>
#include <span>
#include <stop_token>

#include "engine/compress/grid.h"
#include "engine/kernels/thread_pool.h"
#include "engine/tensor/matrix_view.h"

namespace sancho::engine {

struct RefineOptions {
  std::size_t sweeps = 0;
  double damping = 0.01;          // of the mean of H's diagonal, as in InputStatistics
  std::optional<Grid> grid;       // weights stay numbers of it
  std::span<const float> scales;  // of the grid, [rows, groups]
};

/// Lowers ‖(W₀−W)X‖² by coordinate descent (as QuantEase, Behdin et al. 2023): goes through the
/// columns of w `[out, in]` several times and gives each weight the best value that it can have
/// beside the others. Zeros stay zeros. What one sweep through the columns could not foresee, this
/// makes good. `hessian` is H = 2/N Σ xxᵀ.
void refine(MatrixView<const float> dense, MatrixView<float> w, MatrixView<const float> hessian,
            const RefineOptions& options, ThreadPool& pool, const std::stop_token& stop = {});

}  // namespace sancho::engine

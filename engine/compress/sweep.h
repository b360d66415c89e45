#pragma once

#include <optional>
#include <stop_token>
#include <vector>

#include "engine/compress/grid.h"
#include "engine/compress/inverse_factor.h"
#include "engine/compress/magnitude.h"
#include "engine/kernels/thread_pool.h"
#include "engine/tensor/matrix_view.h"

namespace sancho::engine {

struct SweepOptions {
  Sparsity sparsity;         // SparseGPT's part; of neighbours only in the columns' own order
  bool keep_zeros = false;   // instead: weights that are zero stay so, the others are corrected
  std::optional<Grid> grid;  // GPTQ's part
  /// Scales of groups are fixed before the sweep, not on reaching a group. Columns out of their
  /// order need it.
  bool static_groups = false;
  std::size_t block = 128;  // columns that share one choice of zeros
};

struct SweepResult {
  std::vector<float> scales;  // [rows, groups] where there is a grid
  double loss = 0;            // by the second-order model, Σ err²/U²
};

/// SparseGPT (Frantar & Alistarh 2023) and GPTQ (Frantar et al. 2023), alone or joined: goes
/// through the columns of w `[out, in]`, sets the least important weights to zero, rounds the
/// others to the grid, and corrects the columns to come for each error. Inputs that are always zero
/// lose their weights.
SweepResult sweep(MatrixView<float> w, const InputStatistics& inputs, const SweepOptions& options,
                  ThreadPool& pool, const std::stop_token& stop = {});

}  // namespace sancho::engine

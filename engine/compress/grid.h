#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "engine/kernels/thread_pool.h"
#include "engine/tensor/matrix_view.h"
#include "engine/weights/format.h"

namespace sancho::engine {

/// The numbers that a quantised weight can be: whole multiples of a scale, one scale per output row
/// or per group of neighbouring columns.
struct Grid {
  int low = -127, high = 127;
  double divisor = 127;      // scale = largest magnitude / divisor
  std::size_t group = 0;     // columns that share a scale; 0: the row
  bool half_scales = false;  // scales are numbers of half precision
  /// Tries smaller scales that clip the largest weights, and keeps the one of least Σ|w−ŵ|^2.4.
  bool clip = false;

  std::size_t groups(std::size_t cols) const { return group == 0 ? 1 : (cols + group - 1) / group; }
};

/// The grid of a format's storage; empty for storages of floats.
std::optional<Grid> grid_of(const Format& format);

/// The scale for `weights`; 1 where all are zero.
float choose_scale(std::span<const float> weights, const Grid& grid);

/// The number of the grid nearest to x, ties to even.
float round_to_grid(float x, float scale, const Grid& grid);

/// Scales of w `[rows, cols]`, `[rows, groups]`.
std::vector<float> grid_scales(MatrixView<const float> w, const Grid& grid, ThreadPool& pool);

/// Round-to-nearest: w becomes numbers of the grid; returns the scales `[rows, groups]`.
std::vector<float> round_to_nearest(MatrixView<float> w, const Grid& grid, ThreadPool& pool);

}  // namespace sancho::engine

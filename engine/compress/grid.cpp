#include "engine/compress/grid.h"

#include <algorithm>
#include <cmath>

#include "engine/tensor/dtype.h"

namespace sancho::engine {
namespace {

constexpr double kNorm = 2.4;     // of the clipping error
constexpr int kShrinkSteps = 20;  // of one percent each

double clipping_error(std::span<const float> weights, float scale, const Grid& grid, double best) {
  double sum = 0;
  for (const float w : weights) {
    sum += std::pow(std::abs(static_cast<double>(w - round_to_grid(w, scale, grid))), kNorm);
    if (sum >= best) break;
  }
  return sum;
}

}  // namespace

std::optional<Grid> grid_of(const Format& format) {
  if (format.storage == Storage::int8 || format.storage == Storage::sparse_int8) return Grid{};
  if (is_int4(format.storage)) return Grid{-8, 7, 7.5, format.group, true, true};
  return std::nullopt;
}

float round_to_grid(float x, float scale, const Grid& grid) {
  const float code = std::clamp(std::nearbyint(x / scale), static_cast<float>(grid.low),
                                static_cast<float>(grid.high));
  return code * scale;
}

float choose_scale(std::span<const float> weights, const Grid& grid) {
  const auto stored = [&](float scale) {
    return grid.half_scales ? half_to_float(float_to_half(scale)) : scale;
  };
  float largest = 0;
  for (const float w : weights) largest = std::max(largest, std::abs(w));
  const float scale = stored(static_cast<float>(static_cast<double>(largest) / grid.divisor));
  if (!(scale > 0)) return 1;
  if (!grid.clip) return scale;
  float chosen = scale;
  double least = HUGE_VAL;
  for (int step = 0; step < kShrinkSteps; ++step) {
    const float tried = stored(scale * (1 - 0.01f * static_cast<float>(step)));
    const double error = clipping_error(weights, tried, grid, least);
    if (error >= least) continue;
    least = error;
    chosen = tried;
  }
  return chosen;
}

std::vector<float> grid_scales(MatrixView<const float> w, const Grid& grid, ThreadPool& pool) {
  const std::size_t groups = grid.groups(w.cols), width = grid.group == 0 ? w.cols : grid.group;
  std::vector<float> scales(w.rows * groups);
  pool.parallel_for(w.rows, 1, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t r = begin; r < end; ++r)
      for (std::size_t g = 0; g < groups; ++g)
        scales[r * groups + g] =
            choose_scale(w.row(r).subspan(g * width, std::min(width, w.cols - g * width)), grid);
  });
  return scales;
}

std::vector<float> round_to_nearest(MatrixView<float> w, const Grid& grid, ThreadPool& pool) {
  auto scales = grid_scales(w, grid, pool);
  const std::size_t groups = grid.groups(w.cols), width = grid.group == 0 ? w.cols : grid.group;
  pool.parallel_for(w.rows, 1, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t r = begin; r < end; ++r)
      for (std::size_t i = 0; i < w.cols; ++i)
        w(r, i) = round_to_grid(w(r, i), scales[r * groups + i / width], grid);
  });
  return scales;
}

}  // namespace sancho::engine

#include "engine/compress/layer_compressor.h"

#include <cblas.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "engine/compress/coded_layer.h"
#include "engine/compress/grid.h"
#include "engine/compress/stop.h"
#include "engine/compress/sweep.h"

namespace sancho::engine {

Sparsity sparsity_of(const Format& format, const LayerOptions& options) {
  if (options.of > 0) return {0, options.drop, options.of};
  return {format.sparsity, 0, 0};
}

LayerCompressor::LayerCompressor(const LayerOptions& options, const InputMoments* moments,
                                 ThreadPool& pool, std::stop_token stop)
    : options_(options), moments_(moments), pool_(pool), stop_(std::move(stop)) {}
LayerCompressor::~LayerCompressor() = default;

const InputStatistics& LayerCompressor::statistics(bool by_size) {
  if (!moments_) throw std::invalid_argument("SparseGPT and GPTQ need a text to calibrate on.");
  auto& known = statistics_[by_size];
  if (!known) known.emplace(moments_->view(), options_.damping, by_size, stop_);
  return *known;
}

double LayerCompressor::output_error(MatrixView<const float> w, MatrixView<const float> other) {
  constexpr std::size_t kRows = 256;
  AlignedBuffer<float> difference(kRows * w.cols), product(kRows * w.cols);
  const auto energy = [&](auto value) {
    double sum = 0;
    for (std::size_t first = 0; first < w.rows; first += kRows) {
      check_stop(stop_);
      const std::size_t rows = std::min(kRows, w.rows - first), count = rows * w.cols;
      for (std::size_t i = 0; i < count; ++i) difference[i] = value(first + i / w.cols, i % w.cols);
      const float* weighed = difference.data();
      if (moments_) {
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, static_cast<int>(rows),
                    static_cast<int>(w.cols), static_cast<int>(w.cols), 1, difference.data(),
                    static_cast<int>(w.cols), moments_->hessian.data(), static_cast<int>(w.cols), 0,
                    product.data(), static_cast<int>(w.cols));
        weighed = product.data();
      }
      for (std::size_t i = 0; i < count; ++i)
        sum += static_cast<double>(difference[i]) * static_cast<double>(weighed[i]);
    }
    return sum;
  };
  const double all = energy([&](std::size_t r, std::size_t i) { return w(r, i); });
  const double lost = energy([&](std::size_t r, std::size_t i) { return w(r, i) - other(r, i); });
  return all > 0 ? lost / all : 0;
}

CompressedLayer LayerCompressor::compress(const std::string& name, MatrixView<const float> w,
                                          const Format& format) {
  AlignedBuffer<float> copy(w.rows * w.cols);
  const MatrixView<float> weights(copy.data(), w.rows, w.cols);
  for (std::size_t r = 0; r < w.rows; ++r) std::ranges::copy(w.row(r), weights.row(r).begin());

  const Sparsity sparsity = sparsity_of(format, options_);
  check_sparsity(sparsity);
  auto grid = grid_of(format);
  if (grid) grid->clip = grid->clip && options_.clip;
  const bool prunes = sparsity.share > 0 || sparsity.of > 0;
  const bool gptq = grid && options_.round == RoundMethod::gptq;

  SweepOptions sweeping;
  if (prunes && options_.prune == PruneMethod::magnitude) prune_magnitude(weights, sparsity);
  if (prunes && options_.prune == PruneMethod::sparsegpt) sweeping.sparsity = sparsity;
  if (gptq) sweeping.grid = grid;
  const bool sweeps = gptq || (prunes && options_.prune == PruneMethod::sparsegpt);
  std::vector<float> scales;
  if (sweeps) {
    const bool by_size = gptq && options_.act_order && !prunes;
    sweeping.static_groups = by_size;
    scales = sweep(weights, statistics(by_size), sweeping, pool_, stop_).scales;
  }
  if (grid && !gptq) scales = round_to_nearest(weights, *grid, pool_);

  CompressedLayer result;
  if (grid)
    result.linear = make_coded_linear(format, weights, scales);
  else
    result.linear = make_linear(format.storage, weights);
  result.linear->to_dense(weights);
  const auto zeros = std::ranges::count(copy.span(), 0.0f);
  result.report = {name, format_name(format),
                   static_cast<double>(zeros) / static_cast<double>(copy.size()),
                   output_error(w, weights), result.linear->bytes()};
  return result;
}

}  // namespace sancho::engine

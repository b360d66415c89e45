#include "engine/compress/layer_compressor.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <stdexcept>

#include "engine/compress/grid.h"
#include "engine/compress/refine.h"
#include "engine/compress/stop.h"
#include "engine/compress/sweep.h"

namespace sancho::engine {

namespace {

/// The layer with exactly the codes w/scale.
std::unique_ptr<Linear> coded(const Format& format, MatrixView<const float> w,
                              const std::vector<float>& scales, const Grid& grid) {
  const std::size_t groups = grid.groups(w.cols), width = grid.group == 0 ? w.cols : grid.group;
  std::vector<std::int8_t> codes(w.rows * w.cols);
  for (std::size_t r = 0; r < w.rows; ++r)
    for (std::size_t i = 0; i < w.cols; ++i)
      codes[r * w.cols + i] =
          static_cast<std::int8_t>(std::nearbyint(w(r, i) / scales[r * groups + i / width]));
  return make_linear_from_codes(format.storage, {codes.data(), w.rows, w.cols},
                                {scales.data(), w.rows, groups}, format.group);
}

}  // namespace

Sparsity sparsity_of(const Format& format, const LayerOptions& options) {
  if (format.pattern == MaskPattern::two_of_four) return {0, 2, 4};
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

/// ‖WX‖², or ‖W‖² where nothing is calibrated.
double LayerCompressor::energy(MatrixView<const float> w) {
  constexpr std::size_t kRows = 256;
  AlignedBuffer<float> product(moments_ ? kRows * w.cols : 0);
  double sum = 0;
  for (std::size_t first = 0; first < w.rows; first += kRows) {
    check_stop(stop_);
    const std::size_t rows = std::min(kRows, w.rows - first), count = rows * w.cols;
    const float *weights = w.row(first).data(), *weighed = weights;
    if (moments_) {
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, static_cast<int>(rows),
                  static_cast<int>(w.cols), static_cast<int>(w.cols), 1, weights,
                  static_cast<int>(w.cols), moments_->hessian.data(), static_cast<int>(w.cols), 0,
                  product.data(), static_cast<int>(w.cols));
      weighed = product.data();
    }
    for (std::size_t i = 0; i < count; ++i)
      sum += static_cast<double>(weights[i]) * static_cast<double>(weighed[i]);
  }
  return sum;
}

LayerCompressor::Values LayerCompressor::treat(MatrixView<const float> w, const Sparsity& sparsity,
                                               Storage storage, const std::optional<Grid>& grid,
                                               PruneMethod prune, RoundMethod round) {
  Values values{AlignedBuffer<float>(w.rows * w.cols), {}, 0};
  const MatrixView<float> weights(values.weights.data(), w.rows, w.cols);
  for (std::size_t r = 0; r < w.rows; ++r) std::ranges::copy(w.row(r), weights.row(r).begin());

  const bool prunes = sparsity.share > 0 || sparsity.of > 0;
  SweepOptions sweeping;
  sweeping.block = options_.block;
  if (prunes && prune == PruneMethod::magnitude) prune_magnitude(weights, sparsity);
  if (prunes && prune == PruneMethod::sparsegpt) sweeping.sparsity = sparsity;
  sweeping.keep_zeros = options_.keep_zeros || (prunes && prune == PruneMethod::magnitude);
  if (round == RoundMethod::gptq) sweeping.grid = grid;
  if (sweeping.grid || (prunes && prune == PruneMethod::sparsegpt)) {
    // Scales of groups that are still to be pruned are better chosen on reaching them.
    const bool pruning = sweeping.sparsity.share > 0 || sweeping.sparsity.of > 0;
    const bool by_size = sweeping.grid && options_.act_order && !pruning;
    sweeping.static_groups = by_size;
    values.scales = sweep(weights, statistics(by_size), sweeping, pool_, stop_).scales;
  }
  if (grid && !sweeping.grid) values.scales = round_to_nearest(weights, *grid, pool_);

  if (sweeping.grid || (prunes && prune == PruneMethod::sparsegpt)) {
    RefineOptions refining{options_.refine, options_.damping, sweeping.grid, values.scales};
    refine(w, weights, moments_->view(), refining, pool_, stop_);
  }
  if (!grid && storage != Storage::f32) make_linear(storage, weights)->to_dense(weights);
  values.error = error_of(w, weights);
  return values;
}

/// ‖(W−Ŵ)X‖², or ‖W−Ŵ‖² where nothing is calibrated.
double LayerCompressor::error_of(MatrixView<const float> w, MatrixView<const float> made) {
  AlignedBuffer<float> difference(w.rows * w.cols);
  for (std::size_t r = 0; r < w.rows; ++r)
    std::ranges::transform(w.row(r), made.row(r), difference.data() + r * w.cols, std::minus{});
  return energy({difference.data(), w.rows, w.cols});
}

CompressedLayer LayerCompressor::compress(const std::string& name, MatrixView<const float> w,
                                          const Format& format) {
  for (std::size_t r = 0; r < w.rows; ++r)
    if (!std::ranges::all_of(w.row(r), [](float x) { return std::isfinite(x); }))
      throw std::runtime_error("A weight of " + name +
                               " is not a finite number; check the model that it comes from.");
  Sparsity sparsity = sparsity_of(format, options_);
  if (options_.keep_zeros) sparsity = {};
  check_sparsity(sparsity);
  auto grid = grid_of(format);
  if (grid) grid->clip = grid->clip && options_.clip;

  const double plain =
      treat(w, sparsity, format.storage, grid, PruneMethod::magnitude, RoundMethod::nearest).error;
  Values values = treat(w, sparsity, format.storage, grid, options_.prune, options_.round);
  // One pass cannot look back; where plain pruning did better, its zeros with corrected weights do.
  if (values.error > plain && moments_)
    values = treat(w, sparsity, format.storage, grid, PruneMethod::magnitude, options_.round);
  if (values.error > plain)
    values = treat(w, sparsity, format.storage, grid, PruneMethod::magnitude, RoundMethod::nearest);

  const double whole = energy(w);
  CompressedLayer result;
  const MatrixView<const float> made(values.weights.data(), w.rows, w.cols);
  if (grid)
    result.linear = coded(format, made, values.scales, *grid);
  else
    result.linear = make_linear(format.storage, made);
  const auto zeros = std::ranges::count(values.weights.span(), 0.0f);
  result.report = {name,
                   format_name(format),
                   static_cast<double>(zeros) / static_cast<double>(values.weights.size()),
                   whole > 0 ? values.error / whole : 0,
                   whole > 0 ? plain / whole : 0,
                   result.linear->bytes()};
  return result;
}

}  // namespace sancho::engine

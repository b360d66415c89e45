#include "engine/compress/sweep.h"

#include <cblas.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "engine/compress/stop.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/train/rows.h"

namespace sancho::engine {
namespace {

/// One sweep through a matrix whose columns stand in the order of `inputs`.
class Sweep {
 public:
  Sweep(MatrixView<const float> w, const InputStatistics& inputs, const SweepOptions& options,
        ThreadPool& pool)
      : inputs_(inputs),
        options_(options),
        pool_(pool),
        rows_(w.rows),
        cols_(w.cols),
        values_(rows_ * cols_),
        errors_(rows_ * options.block),
        zero_(rows_ * options.block),
        losses_(rows_) {
    for (std::size_t r = 0; r < rows_; ++r)
      for (std::size_t i = 0; i < cols_; ++i)
        values_[r * cols_ + i] = inputs.dead[i] ? 0 : w(r, inputs.order[i]);
    if (options.keep_zeros) {
      zeros_before_.resize(values_.size());
      for (std::size_t i = 0; i < values_.size(); ++i) zeros_before_[i] = values_[i] == 0;
    }
    if (!options_.grid) return;
    const Grid& grid = *options_.grid;
    groups_ = grid.groups(cols_);
    on_reaching_ = grid.group > 0 && !options_.static_groups;
    if (on_reaching_)
      scales_.assign(rows_ * groups_, 1);
    else
      scales_ = grid_scales(w, grid, pool);
  }

  SweepResult run(MatrixView<float> w, const std::stop_token& stop) {
    for (std::size_t begin = 0; begin < cols_; begin += options_.block) {
      check_stop(stop);
      const std::size_t end = std::min(cols_, begin + options_.block);
      choose_zeros(begin, end);
      pool_.parallel_for(rows_, 1, [&](std::size_t first, std::size_t last, unsigned) {
        for (std::size_t r = first; r < last; ++r) treat_row(r, begin, end);
      });
      // The columns after the block feel its errors all at once.
      if (end < cols_)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, static_cast<int>(rows_),
                    static_cast<int>(cols_ - end), static_cast<int>(end - begin), -1,
                    errors_.data(), static_cast<int>(options_.block),
                    &inputs_.factor[begin * cols_ + end], static_cast<int>(cols_), 1,
                    values_.data() + end, static_cast<int>(cols_));
    }
    for (std::size_t r = 0; r < rows_; ++r)
      for (std::size_t i = 0; i < cols_; ++i) w(r, inputs_.order[i]) = values_[r * cols_ + i];
    return {std::move(scales_), std::accumulate(losses_.begin(), losses_.end(), 0.0)};
  }

 private:
  float diagonal(std::size_t j) const { return inputs_.factor[j * cols_ + j]; }

  /// w²/U² of a weight as it is now.
  float score(std::size_t r, std::size_t j) const {
    const float s = values_[r * cols_ + j] / diagonal(j);
    return s * s;
  }

  /// Of the block, over all rows, the lowest scores; as many as keep the share exact so far.
  void choose_zeros(std::size_t begin, std::size_t end) {
    std::ranges::fill(zero_, std::uint8_t{0});
    if (options_.keep_zeros)
      for (std::size_t r = 0; r < rows_; ++r)
        for (std::size_t j = begin; j < end; ++j)
          zero_[r * options_.block + j - begin] = zeros_before_[r * cols_ + j];
    if (options_.sparsity.of > 0 || options_.sparsity.share == 0) return;
    const std::size_t width = end - begin;
    const auto target = static_cast<std::size_t>(
        std::llround(options_.sparsity.share * static_cast<double>(rows_ * end)));
    const std::size_t drop = std::min(target - std::min(target, pruned_), rows_ * width);
    pruned_ += drop;
    std::vector<float> scores(rows_ * width);
    for (std::size_t i = 0; i < scores.size(); ++i) scores[i] = score(i / width, begin + i % width);
    for (const std::uint32_t i : lowest(scores, drop))
      zero_[i / width * options_.block + i % width] = 1;
  }

  void choose_neighbours(std::size_t r, std::size_t j, std::size_t begin) {
    const std::size_t width = std::min(options_.sparsity.of, cols_ - j);
    std::array<float, 64> scores;
    for (std::size_t i = 0; i < width; ++i) scores[i] = score(r, j + i);
    for (const std::uint32_t i :
         lowest({scores.data(), width}, std::min(options_.sparsity.drop, width)))
      zero_[r * options_.block + j - begin + i] = 1;
  }

  /// The scale of the group that begins at column j, from the weights that stay.
  void choose_group_scale(std::size_t r, std::size_t j, std::size_t begin) {
    const Grid& grid = *options_.grid;
    std::vector<float> kept;
    for (std::size_t i = j; i < std::min(cols_, j + grid.group); ++i)
      if (!zero_[r * options_.block + i - begin]) kept.push_back(values_[r * cols_ + i]);
    scales_[r * groups_ + j / grid.group] = choose_scale(kept, grid);
  }

  float rounded(std::size_t r, std::size_t j) const {
    const Grid& grid = *options_.grid;
    const std::size_t group = grid.group == 0 ? 0 : inputs_.order[j] / grid.group;
    return round_to_grid(values_[r * cols_ + j], scales_[r * groups_ + group], grid);
  }

  void treat_row(std::size_t r, std::size_t begin, std::size_t end) {
    float* row = &values_[r * cols_];
    float* errors = &errors_[r * options_.block];
    for (std::size_t j = begin; j < end; ++j) {
      if (options_.sparsity.of > 0 && j % options_.sparsity.of == 0) choose_neighbours(r, j, begin);
      if (on_reaching_ && j % options_.grid->group == 0) choose_group_scale(r, j, begin);
      float kept = row[j];
      if (zero_[r * options_.block + j - begin])
        kept = 0;
      else if (options_.grid)
        kept = rounded(r, j);
      const float error = (row[j] - kept) / diagonal(j);
      losses_[r] += static_cast<double>(error) * static_cast<double>(error);
      errors[j - begin] = error;
      rows::axpy(-error, &inputs_.factor[j * cols_ + j + 1], row + j + 1, end - j - 1);
      row[j] = kept;
    }
  }

  const InputStatistics& inputs_;
  const SweepOptions& options_;
  ThreadPool& pool_;
  std::size_t rows_, cols_, groups_ = 1, pruned_ = 0;
  bool on_reaching_ = false;
  AlignedBuffer<float> values_;     // [rows, cols], corrected as the sweep goes on
  AlignedBuffer<float> errors_;     // [rows, block]
  std::vector<std::uint8_t> zero_;  // [rows, block]
  std::vector<bool> zeros_before_;  // [rows, cols] where zeros are kept
  std::vector<double> losses_;      // [rows]
  std::vector<float> scales_;       // [rows, groups]
};

}  // namespace

SweepResult sweep(MatrixView<float> w, const InputStatistics& inputs, const SweepOptions& options,
                  ThreadPool& pool, const std::stop_token& stop) {
  check_sparsity(options.sparsity);
  if (options.keep_zeros && (options.sparsity.share > 0 || options.sparsity.of > 0))
    throw std::invalid_argument("Zeros are either kept or chosen anew.");
  if (w.cols != inputs.inputs())
    throw std::invalid_argument("The calibration data is of another layer than these weights.");
  const bool in_order = std::ranges::is_sorted(inputs.order);
  const bool groups = options.grid && options.grid->group > 0 && !options.static_groups;
  if ((options.sparsity.of > 0 || groups) && !in_order)
    throw std::invalid_argument(
        "Columns out of their order can be pruned only by share and quantised only with static "
        "groups.");
  if ((options.sparsity.of > 0 && options.block % options.sparsity.of != 0) ||
      (groups && options.block % options.grid->group != 0))
    throw std::invalid_argument("A block of columns holds whole groups.");
  return Sweep(w, inputs, options, pool).run(w, stop);
}

}  // namespace sancho::engine

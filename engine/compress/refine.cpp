#include "engine/compress/refine.h"

#include <cblas.h>

#include <algorithm>
#include <functional>

#include "engine/compress/stop.h"
#include "engine/tensor/aligned_buffer.h"

namespace sancho::engine {
namespace {

constexpr std::size_t kBlock = 128;  // columns whose changes the others feel all at once

int as_int(std::size_t n) {
  return static_cast<int>(n);
}

/// Coordinate descent over the rows of one matrix, which do not touch each other.
class Descent {
 public:
  Descent(MatrixView<const float> dense, MatrixView<float> w, MatrixView<const float> hessian,
          const RefineOptions& options, ThreadPool& pool)
      : w_(w),
        hessian_(hessian),
        options_(options),
        pool_(pool),
        gradient_(w.rows * w.cols),
        steps_(w.rows * kBlock) {
    for (std::size_t i = 0; i < w.cols; ++i)
      ridge_ += static_cast<float>(options.damping) * hessian(i, i) / static_cast<float>(w.cols);
    AlignedBuffer<float> difference(w.rows * w.cols);
    for (std::size_t r = 0; r < w.rows; ++r)
      std::ranges::transform(dense.row(r), w.row(r), difference.data() + r * w.cols, std::minus{});
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, as_int(w.rows), as_int(w.cols),
                as_int(w.cols), 1, difference.data(), as_int(w.cols), hessian.data,
                as_int(hessian.stride), 0, gradient_.data(), as_int(w.cols));
    for (std::size_t i = 0; i < difference.size(); ++i) gradient_[i] += ridge_ * difference[i];
  }

  void sweep(const std::stop_token& stop) {
    for (std::size_t begin = 0; begin < w_.cols; begin += kBlock) {
      check_stop(stop);
      const std::size_t end = std::min(w_.cols, begin + kBlock);
      std::ranges::fill(steps_, 0.0f);
      pool_.parallel_for(w_.rows, 1, [&](std::size_t first, std::size_t last, unsigned) {
        for (std::size_t r = first; r < last; ++r) improve(r, begin, end);
      });
      spread(begin, end, 0, begin);
      spread(begin, end, end, w_.cols);
    }
  }

 private:
  void improve(std::size_t r, std::size_t begin, std::size_t end) {
    float* const gradient = gradient_.data() + r * w_.cols;
    for (std::size_t j = begin; j < end; ++j) {
      const float before = w_(r, j), curvature = hessian_(j, j) + ridge_;
      if (before == 0 || curvature <= 0) continue;
      const float step = best(r, j, before + gradient[j] / curvature) - before;
      if (step == 0) continue;
      w_(r, j) = before + step;
      steps_[r * kBlock + j - begin] = step;
      for (std::size_t i = begin; i < end; ++i) gradient[i] -= step * hessian_(j, i);
      gradient[j] -= step * ridge_;
    }
  }

  /// The number nearest to x that the weight may be.
  float best(std::size_t r, std::size_t j, float x) const {
    if (!options_.grid) return x;
    const Grid& grid = *options_.grid;
    const std::size_t group = grid.group == 0 ? 0 : j / grid.group;
    return round_to_grid(x, options_.scales[r * grid.groups(w_.cols) + group], grid);
  }

  /// The gradient of columns `from` to `to` after the steps in a block.
  void spread(std::size_t begin, std::size_t end, std::size_t from, std::size_t to) {
    if (from == to) return;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, as_int(w_.rows), as_int(to - from),
                as_int(end - begin), -1, steps_.data(), as_int(kBlock),
                hessian_.row(begin).data() + from, as_int(hessian_.stride), 1,
                gradient_.data() + from, as_int(w_.cols));
  }

  MatrixView<float> w_;
  MatrixView<const float> hessian_;
  const RefineOptions& options_;
  ThreadPool& pool_;
  float ridge_ = 0;                // λ
  AlignedBuffer<float> gradient_;  // (W₀−W)(H+λI), [rows, cols]
  AlignedBuffer<float> steps_;     // of the block, [rows, kBlock]
};

}  // namespace

void refine(MatrixView<const float> dense, MatrixView<float> w, MatrixView<const float> hessian,
            const RefineOptions& options, ThreadPool& pool, const std::stop_token& stop) {
  if (options.sweeps == 0) return;
  Descent descent(dense, w, hessian, options, pool);
  for (std::size_t i = 0; i < options.sweeps; ++i) descent.sweep(stop);
}

}  // namespace sancho::engine

#include "engine/compress/sparsegpt.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace sancho::engine {
namespace {

/// In place: lower triangular L with L·Lᵀ = a, a symmetric `[n, n]`. False where a is not positive
/// definite.
bool cholesky(std::vector<double>& a, std::size_t n, ThreadPool& pool) {
  const auto dot = [](const double* x, const double* y, std::size_t count) {
    double lanes[8] = {};
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8)
      for (std::size_t j = 0; j < 8; ++j) lanes[j] += x[i + j] * y[i + j];
    for (; i < count; ++i) lanes[0] += x[i] * y[i];
    return std::accumulate(lanes, lanes + 8, 0.0);
  };
  for (std::size_t j = 0; j < n; ++j) {
    double* row = &a[j * n];
    const double pivot = row[j] - dot(row, row, j);
    if (!(pivot > 0) || !std::isfinite(pivot)) return false;
    row[j] = std::sqrt(pivot);
    pool.parallel_for(n - j - 1, 64, [&](std::size_t begin, std::size_t end, unsigned) {
      for (std::size_t i = j + 1 + begin; i < j + 1 + end; ++i)
        a[i * n + j] = (a[i * n + j] - dot(&a[i * n], row, j)) / row[j];
    });
    std::fill(row + j + 1, row + n, 0.0);
  }
  return true;
}

/// (L·Lᵀ)⁻¹ from L, both `[n, n]`.
std::vector<double> inverse_of(const std::vector<double>& lower, std::size_t n, ThreadPool& pool) {
  // Row c of `columns` is column c of L⁻¹, which is zero above its diagonal.
  std::vector<double> columns(n * n), inverse(n * n);
  pool.parallel_for(n, 8, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t c = begin; c < end; ++c)
      for (std::size_t i = c; i < n; ++i) {
        double sum = i == c ? 1.0 : 0.0;
        for (std::size_t k = c; k < i; ++k) sum -= lower[i * n + k] * columns[c * n + k];
        columns[c * n + i] = sum / lower[i * n + i];
      }
  });
  pool.parallel_for(n, 8, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t i = begin; i < end; ++i)
      for (std::size_t j = 0; j < n; ++j) {
        double sum = 0;
        for (std::size_t k = std::max(i, j); k < n; ++k)
          sum += columns[i * n + k] * columns[j * n + k];
        inverse[i * n + j] = sum;
      }
  });
  return inverse;
}

}  // namespace

std::vector<double> inverse_factor(MatrixView<const double> hessian, double damping,
                                   ThreadPool& pool) {
  const std::size_t n = hessian.rows;
  double mean = 0;
  for (std::size_t i = 0; i < n; ++i) mean += hessian(i, i) / static_cast<double>(n);
  for (int attempt = 0; attempt < 4; ++attempt, damping *= 10) {
    std::vector<double> a(n * n);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        a[i * n + j] = hessian(i, j) + (i == j ? damping * mean : 0);
    if (!cholesky(a, n, pool)) continue;
    auto inverse = inverse_of(a, n, pool);
    if (!cholesky(inverse, n, pool)) continue;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < i; ++j) std::swap(inverse[i * n + j], inverse[j * n + i]);
    return inverse;
  }
  throw std::runtime_error(
      "The calibration data of a layer cannot be used: its second moments are not positive; use "
      "other or more calibration text.");
}

double sparsegpt(MatrixView<float> w, MatrixView<const double> hessian,
                 const SparseGptOptions& options, ThreadPool& pool) {
  const std::size_t rows = w.rows, n = w.cols;
  std::vector<double> h(n * n), v(rows * n);  // v: the weights while they are corrected
  for (std::size_t i = 0; i < n; ++i) std::ranges::copy(hessian.row(i), &h[i * n]);
  for (std::size_t r = 0; r < rows; ++r) std::ranges::copy(w.row(r), &v[r * n]);
  for (std::size_t i = 0; i < n; ++i) {
    if (h[i * n + i] != 0) continue;
    h[i * n + i] = 1;
    for (std::size_t r = 0; r < rows; ++r) v[r * n + i] = 0;
  }
  const auto u = inverse_factor({h.data(), n, n}, options.damping, pool);

  std::vector<double> losses(rows);
  std::size_t pruned = 0;
  for (std::size_t begin = 0; begin < n; begin += options.block) {
    const std::size_t end = std::min(n, begin + options.block), width = end - begin;

    // The lowest w²/U² of the block, over all rows; as many as keep the share exact so far.
    const auto target =
        static_cast<std::size_t>(std::llround(options.sparsity * static_cast<double>(rows * end)));
    const std::size_t drop = std::min(target - std::min(target, pruned), rows * width);
    pruned += drop;
    std::vector<double> scores(rows * width);
    std::vector<std::uint32_t> order(rows * width);
    std::iota(order.begin(), order.end(), 0u);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const std::size_t j = begin + i % width;
      const double s = v[i / width * n + j] / u[j * n + j];
      scores[i] = s * s;
    }
    if (drop < order.size())
      std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(drop),
                       order.end(), [&](std::uint32_t a, std::uint32_t b) {
                         return scores[a] != scores[b] ? scores[a] < scores[b] : a < b;
                       });
    std::vector<bool> zero(rows * width);
    for (std::size_t i = 0; i < drop; ++i) zero[order[i]] = true;

    pool.parallel_for(rows, 1, [&](std::size_t first, std::size_t last, unsigned) {
      for (std::size_t r = first; r < last; ++r) {
        double* row = &v[r * n];
        for (std::size_t j = begin; j < end; ++j) {
          double q = zero[r * width + (j - begin)] ? 0 : row[j];
          if (!options.scales.empty()) {
            const double scale = static_cast<double>(options.scales[r]);
            q = std::clamp(std::nearbyint(q / scale), -127.0, 127.0) * scale;
          }
          const double error = (row[j] - q) / u[j * n + j];
          losses[r] += error * error;
          const double* factor = &u[j * n];
          for (std::size_t k = j + 1; k < n; ++k) row[k] -= error * factor[k];
          row[j] = q;
        }
      }
    });
  }
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t i = 0; i < n; ++i) w(r, i) = static_cast<float>(v[r * n + i]);
  return std::accumulate(losses.begin(), losses.end(), 0.0);
}

}  // namespace sancho::engine

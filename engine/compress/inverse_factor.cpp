#include "engine/compress/inverse_factor.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "engine/compress/stop.h"
#include "engine/tensor/aligned_buffer.h"

namespace sancho::engine {
namespace {

constexpr std::size_t kPanel = 192;

int as_int(std::size_t x) {
  return static_cast<int>(x);
}

/// The lower triangular factor of the leading `[n, n]` of a, in place. False where a is not
/// positive definite.
bool small_cholesky(double* a, std::size_t n, std::size_t stride) {
  for (std::size_t j = 0; j < n; ++j) {
    double* row = a + j * stride;
    for (std::size_t i = 0; i <= j; ++i) {
      const double* other = a + i * stride;
      const double rest = row[i] - std::inner_product(row, row + i, other, 0.0);
      if (i < j) {
        row[i] = rest / other[i];
      } else {
        if (!(rest > 0) || !std::isfinite(rest)) return false;
        row[j] = std::sqrt(rest);
      }
    }
  }
  return true;
}

/// The inverse of a lower triangle `[n, n]`, in place.
void small_inverse(double* a, std::size_t n, std::size_t stride) {
  for (std::size_t i = 0; i < n; ++i) {
    double* row = a + i * stride;
    const double pivot = 1 / row[i];
    for (std::size_t j = 0; j < i; ++j) {
      double sum = 0;
      for (std::size_t k = j; k < i; ++k) sum += row[k] * a[k * stride + j];
      row[j] = -pivot * sum;
    }
    row[i] = pivot;
  }
}

/// In the lower triangle of a `[n, n]`: L with L·Lᵀ = a, panel by panel.
bool cholesky(double* a, std::size_t n, const std::stop_token& stop) {
  const int stride = as_int(n);
  for (std::size_t k = 0; k < n; k += kPanel) {
    check_stop(stop);
    const std::size_t width = std::min(kPanel, n - k), rest = n - k - width;
    double *corner = a + k * n + k, *below = corner + width * n;
    if (!small_cholesky(corner, width, n)) return false;
    if (rest == 0) break;
    cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, as_int(rest),
                as_int(width), 1, corner, stride, below, stride);
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, as_int(rest), as_int(width), -1, below,
                stride, 1, below + width, stride);
  }
  return true;
}

/// In the lower triangle of a: its inverse.
void invert(double* a, std::size_t n, const std::stop_token& stop) {
  const int stride = as_int(n);
  for (std::size_t k = 0; k < n; k += kPanel) {
    check_stop(stop);
    const std::size_t width = std::min(kPanel, n - k);
    double *left = a + k * n, *corner = left + k;
    if (k > 0) {
      cblas_dtrmm(CblasRowMajor, CblasRight, CblasLower, CblasNoTrans, CblasNonUnit, as_int(width),
                  as_int(k), -1, a, stride, left, stride);
      cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, as_int(width),
                  as_int(k), 1, corner, stride, left, stride);
    }
    small_inverse(corner, width, n);
  }
}

}  // namespace

std::vector<float> inverse_factor(MatrixView<const float> hessian, double damping,
                                  const std::stop_token& stop) {
  const std::size_t n = hessian.rows;
  double mean = 0;
  for (std::size_t i = 0; i < n; ++i)
    mean += static_cast<double>(hessian(i, i)) / static_cast<double>(n);
  // With all indices turned round, H = L·Lᵀ gives H = R·Rᵀ with R upper, and U = R⁻¹.
  AlignedBuffer<double> a(n * n);
  for (int attempt = 0; attempt < 4; ++attempt, damping *= 10) {
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        a[i * n + j] =
            static_cast<double>(hessian(n - 1 - i, n - 1 - j)) + (i == j ? damping * mean : 0);
    if (!cholesky(a.data(), n, stop)) continue;
    invert(a.data(), n, stop);
    std::vector<float> u(n * n);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = i; j < n; ++j)
        u[i * n + j] = static_cast<float>(a[(n - 1 - i) * n + (n - 1 - j)]);
    return u;
  }
  throw std::runtime_error(
      "The calibration data of a layer cannot be used: its second moments are not positive; use "
      "other or more calibration text.");
}

InputStatistics::InputStatistics(MatrixView<const float> hessian, double damping, bool by_size,
                                 const std::stop_token& stop)
    : order(hessian.rows), dead(hessian.rows) {
  const std::size_t n = hessian.rows;
  std::iota(order.begin(), order.end(), 0u);
  if (by_size)
    std::ranges::stable_sort(
        order, [&](std::uint32_t a, std::uint32_t b) { return hessian(a, a) > hessian(b, b); });
  std::vector<float> h(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) h[i * n + j] = hessian(order[i], order[j]);
    dead[i] = h[i * n + i] == 0;
    if (dead[i]) h[i * n + i] = 1;
  }
  factor = inverse_factor({h.data(), n, n}, damping, stop);
}

}  // namespace sancho::engine

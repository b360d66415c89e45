#include "engine/compress/smooth_quant.h"

#include <algorithm>
#include <cmath>

namespace sancho::engine {

std::vector<float> smoothing(std::span<const float> largest_inputs,
                             std::span<const MatrixView<float>> weights, double alpha) {
  std::vector<float> s(largest_inputs.size(), 0);
  for (const auto& w : weights)
    for (std::size_t r = 0; r < w.rows; ++r)
      for (std::size_t j = 0; j < w.cols; ++j) s[j] = std::max(s[j], std::abs(w(r, j)));
  for (std::size_t j = 0; j < s.size(); ++j) {
    const auto x = static_cast<double>(largest_inputs[j]), w = static_cast<double>(s[j]);
    const double factor = std::pow(x, alpha) / std::pow(w, 1 - alpha);
    s[j] = x > 0 && w > 0 && std::isfinite(factor) ? static_cast<float>(factor) : 1;
  }
  return s;
}

void smooth(std::span<const float> s, std::span<float> norm,
            std::span<const MatrixView<float>> weights, InputMoments& moments) {
  const std::size_t n = s.size();
  for (std::size_t j = 0; j < n; ++j) norm[j] /= s[j];
  for (const auto& w : weights)
    for (std::size_t r = 0; r < w.rows; ++r)
      for (std::size_t j = 0; j < n; ++j) w(r, j) *= s[j];
  for (std::size_t i = 0; i < n; ++i) {
    moments.largest[i] /= s[i];
    for (std::size_t j = 0; j < n; ++j) moments.hessian[i * n + j] /= s[i] * s[j];
  }
}

}  // namespace sancho::engine

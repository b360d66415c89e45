#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "engine/weights/linear.h"

namespace sancho::engine::testing {

/// The H of the worked example that several methods share.
inline const std::vector<float> example_hessian{2, 1, .5f, 1, 2, 1, .5f, 1, 2};

inline bool near(double a, double b) {
  return std::abs(a - b) < 1e-4;
}

inline std::vector<float> random_matrix(std::size_t size, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> w(size);
  for (float& x : w) x = normal(random);
  return w;
}

/// Correlated inputs `[samples, n]`; input 3 is always zero where `dead`.
inline std::vector<float> random_inputs(std::size_t n, std::size_t samples, bool dead) {
  std::mt19937 random(9);
  std::normal_distribution<float> normal;
  std::vector<float> x(samples * n);
  for (std::size_t s = 0; s < samples; ++s) {
    float common = normal(random);
    for (std::size_t i = 0; i < n; ++i)
      x[s * n + i] = (common = 0.8f * common + normal(random)) * static_cast<float>(1 + i % 5);
    if (dead) x[s * n + 3] = 0;
  }
  return x;
}

/// 2/N Σ xxᵀ.
inline std::vector<float> hessian_of(const std::vector<float>& x, std::size_t n) {
  const std::size_t samples = x.size() / n;
  std::vector<double> sum(n * n);
  for (std::size_t s = 0; s < samples; ++s)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        sum[i * n + j] +=
            2.0 / static_cast<double>(samples) * static_cast<double>(x[s * n + i] * x[s * n + j]);
  return {sum.begin(), sum.end()};
}

inline std::vector<float> random_hessian(std::size_t n, std::size_t samples, bool dead = false) {
  return hessian_of(random_inputs(n, samples, dead), n);
}

/// tr(ΔHΔᵀ)/2: mean squared error of the layer's output.
inline double output_error(const std::vector<float>& before, const std::vector<float>& after,
                           const std::vector<float>& h, std::size_t rows, std::size_t n) {
  double sum = 0;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        sum += static_cast<double>(before[r * n + i] - after[r * n + i]) *
               static_cast<double>(h[i * n + j]) *
               static_cast<double>(before[r * n + j] - after[r * n + j]) / 2;
  return sum;
}

inline std::size_t zeros(const std::vector<float>& w) {
  return static_cast<std::size_t>(std::ranges::count(w, 0.0f));
}

inline std::vector<float> dense(const Linear& linear) {
  std::vector<float> w(linear.out_features() * linear.in_features());
  linear.to_dense({w.data(), linear.out_features(), linear.in_features()});
  return w;
}

}  // namespace sancho::engine::testing

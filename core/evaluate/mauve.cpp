#include "core/evaluate/mauve.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "retrieval/cluster.h"

namespace sancho::core {
namespace {

constexpr double scaling = 5;
constexpr int mixtures = 25;

double divergence(std::span<const double> p, std::span<const double> q) {
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i)
    if (p[i] > 0) sum += p[i] * std::log(p[i] / q[i]);
  return sum;
}

/// Trapezoid rule over the first coordinate; equal ones go down along the second.
double area(std::vector<std::pair<double, double>> curve) {
  std::sort(curve.begin(), curve.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second > b.second;
  });
  double sum = 0;
  for (std::size_t i = 1; i < curve.size(); ++i)
    sum += (curve[i].first - curve[i - 1].first) * (curve[i].second + curve[i - 1].second) / 2;
  return sum;
}

}  // namespace

double mauve_of_histograms(std::span<const double> p, std::span<const double> q) {
  std::vector<std::pair<double, double>> curve{{1, 0}, {0, 1}}, turned = curve;
  std::vector<double> mixture(p.size());
  for (int i = 0; i < mixtures; ++i) {
    const double w = 1e-6 + (1 - 2e-6) * i / (mixtures - 1);
    for (std::size_t k = 0; k < p.size(); ++k) mixture[k] = w * p[k] + (1 - w) * q[k];
    const double x = std::exp(-scaling * divergence(q, mixture));
    const double y = std::exp(-scaling * divergence(p, mixture));
    curve.emplace_back(x, y);
    turned.emplace_back(y, x);
  }
  return (area(std::move(curve)) + area(std::move(turned))) / 2;
}

double mauve(const std::vector<std::vector<float>>& human,
             const std::vector<std::vector<float>>& machine, int seed) {
  if (human.size() < 2 || machine.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  const std::size_t rows = human.size() + machine.size(), dimension = human.front().size();
  std::vector<float> points;
  points.reserve(rows * dimension);
  for (const auto* set : {&human, &machine})
    for (const auto& vector : *set) points.insert(points.end(), vector.begin(), vector.end());

  const auto clusters = std::max<std::size_t>(
      2, static_cast<std::size_t>(std::lround(static_cast<double>(human.size()) / 10)));
  const auto labels = retrieval::cluster({points.data(), rows, dimension}, clusters, 0.9, seed);
  std::vector<double> p(clusters), q(clusters);
  for (std::size_t i = 0; i < rows; ++i) {
    if (i < human.size())
      p[labels[i]] += 1 / static_cast<double>(human.size());
    else
      q[labels[i]] += 1 / static_cast<double>(machine.size());
  }
  return mauve_of_histograms(p, q);
}

}  // namespace sancho::core

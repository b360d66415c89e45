#include "engine/compress/magnitude.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace sancho::engine {

void prune_magnitude(MatrixView<float> w, double sparsity) {
  const std::size_t count = w.rows * w.cols;
  const auto drop = std::min(
      count, static_cast<std::size_t>(std::llround(sparsity * static_cast<double>(count))));
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  const auto size_of = [&](std::uint32_t i) { return std::abs(w(i / w.cols, i % w.cols)); };
  if (drop < count)
    std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(drop), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) {
                       return size_of(a) != size_of(b) ? size_of(a) < size_of(b) : a < b;
                     });
  for (std::size_t i = 0; i < drop; ++i) w(order[i] / w.cols, order[i] % w.cols) = 0;
}

}  // namespace sancho::engine

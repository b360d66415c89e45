#include "engine/compress/magnitude.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace sancho::engine {

void check_sparsity(const Sparsity& sparsity) {
  if (!(sparsity.share >= 0 && sparsity.share <= 1))
    throw std::invalid_argument("Sparsity is a share between 0 and 1.");
  if (sparsity.of > 64 || sparsity.drop > sparsity.of)
    throw std::invalid_argument("A pattern drops at most as many weights as it has, of up to 64.");
}

std::vector<std::uint32_t> lowest(std::span<const float> scores, std::size_t count) {
  std::vector<std::uint32_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0u);
  if (count < order.size())
    std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) {
                       return scores[a] != scores[b] ? scores[a] < scores[b] : a < b;
                     });
  order.resize(std::min(count, order.size()));
  return order;
}

void prune_magnitude(MatrixView<float> w, const Sparsity& sparsity) {
  check_sparsity(sparsity);
  const std::size_t count = w.rows * w.cols;
  std::vector<float> sizes(count);
  for (std::size_t i = 0; i < count; ++i) sizes[i] = std::abs(w(i / w.cols, i % w.cols));
  if (sparsity.of == 0) {
    const auto drop =
        static_cast<std::size_t>(std::llround(sparsity.share * static_cast<double>(count)));
    for (const std::uint32_t i : lowest(sizes, drop)) w(i / w.cols, i % w.cols) = 0;
    return;
  }
  for (std::size_t r = 0; r < w.rows; ++r)
    for (std::size_t begin = 0; begin < w.cols; begin += sparsity.of) {
      const std::size_t width = std::min(sparsity.of, w.cols - begin);
      const auto scores = std::span(sizes).subspan(r * w.cols + begin, width);
      for (const std::uint32_t i : lowest(scores, std::min(sparsity.drop, width)))
        w(r, begin + i) = 0;
    }
}

}  // namespace sancho::engine

#include "engine/compress/magnitude.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace sancho::engine {

void check_sparsity(const Sparsity& sparsity) {
  if (!(sparsity.share >= 0 && sparsity.share <= 1))
    throw std::invalid_argument("Sparsity is a share between 0 and 1.");
  if (sparsity.of > 64 || sparsity.drop > sparsity.of)
    throw std::invalid_argument("A pattern drops at most as many weights as it has, of up to 64.");
}

std::vector<std::uint32_t> lowest(std::span<const float> scores, std::size_t count) {
  count = std::min(count, scores.size());
  std::vector<std::uint32_t> chosen;
  if (count == 0) return chosen;
  std::vector<float> sorted(scores.begin(), scores.end());
  const auto last = sorted.begin() + static_cast<std::ptrdiff_t>(count - 1);
  std::nth_element(sorted.begin(), last, sorted.end());
  auto equal = static_cast<std::size_t>(std::count(sorted.begin(), last + 1, *last));
  for (std::size_t i = 0; i < scores.size() && chosen.size() < count; ++i) {
    if (scores[i] > *last || (scores[i] == *last && equal == 0)) continue;
    if (scores[i] == *last) --equal;
    chosen.push_back(static_cast<std::uint32_t>(i));
  }
  return chosen;
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

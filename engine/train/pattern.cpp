#include "engine/train/pattern.h"

#include <bit>

namespace sancho::engine {

Pattern::Pattern(std::span<const float> x) : bits_((x.size() + 63) / 64), size_(x.size()) {
  for (std::size_t i = 0; i < x.size(); ++i)
    if (x[i] != 0.0f) {
      bits_[i / 64] |= std::uint64_t{1} << (i % 64);
      ++count_;
    }
}

void Pattern::gather(float* x) const {
  float* out = x;
  for (std::size_t word = 0; word < bits_.size(); ++word)
    for (std::uint64_t bits = bits_[word]; bits != 0; bits &= bits - 1)
      *out++ = x[word * 64 + static_cast<std::size_t>(std::countr_zero(bits))];
}

void Pattern::scatter(float* x) const {
  // From the back: an element moves only to its own place or further up.
  std::size_t left = count_;
  for (std::size_t i = size_; left > 0; --i)
    if (contains(i - 1)) x[i - 1] = x[--left];
  for (std::size_t i = 0; i < size_; ++i)
    if (!contains(i)) x[i] = 0.0f;
}

}  // namespace sancho::engine

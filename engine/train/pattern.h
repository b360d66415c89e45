#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sancho::engine {

/// Which weights of a tensor may be other than zero, one bit each. Fixed when training starts: a
/// weight that passes through zero later stays in the pattern.
class Pattern {
 public:
  /// The weights of `x` that are not zero.
  explicit Pattern(std::span<const float> x);

  /// Weights of the tensor.
  std::size_t size() const { return size_; }
  /// Weights in the pattern.
  std::size_t count() const { return count_; }
  /// Moves the elements in the pattern to the front of x, in order.
  void gather(float* x) const;
  /// Undoes `gather`, with zeros everywhere else.
  void scatter(float* x) const;

  bool contains(std::size_t i) const { return (bits_[i / 64] >> (i % 64)) & 1; }

 private:
  std::vector<std::uint64_t> bits_;
  std::size_t size_ = 0, count_ = 0;
};

}  // namespace sancho::engine

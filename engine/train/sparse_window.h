#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/tensor/aligned_buffer.h"
#include "engine/train/optimizer.h"

namespace sancho::engine {

/// The largest gradients of the last steps: a ring of `window` rows, each with the same share of
/// every block. `Stored` is bf16 in training; double throughout gives exact arithmetic.
template <class Real, class Stored>
class SparseWindow {
 public:
  static constexpr std::size_t kMaxBlock = 32768;  // reached by 16-bit offsets

  struct Shape {
    double density = 0.01;          // share of a block that a row keeps, at least one value
    std::size_t window = 10;        // rows
    std::size_t block = kMaxBlock;  // elements
  };
  /// Part of one tensor.
  struct Block {
    std::size_t tensor, offset, size;  // where it lies
    std::size_t position;              // elements of all blocks before it
    std::size_t keep, kept_before;     // values of a row: its own, and those of blocks before it
  };

  /// `sizes`: elements of each tensor. Throws std::invalid_argument for an impossible shape.
  SparseWindow(const Shape& shape, std::span<const std::size_t> sizes);

  const std::vector<Block>& blocks() const { return blocks_; }
  std::size_t rows() const { return rows_; }
  std::size_t elements() const { return elements_; }

  /// Stores the `keep` largest magnitudes of a `[block.size]` in `row`, ties to the front; returns
  /// their offsets in order. Blocks may run in parallel.
  std::span<const std::uint16_t> keep_largest(const Block& block, std::size_t row, const Real* a);
  /// Calls visit(offset, value) for what `row` keeps of a block.
  template <class Visit>
  void for_each(const Block& block, std::size_t row, Visit visit) const {
    const std::size_t at = row * kept_ + block.kept_before;
    for (std::size_t j = at; j < at + block.keep; ++j)
      visit(offsets_[j], static_cast<Real>(values_[j]));
  }
  void clear();

  /// "offsets" and "values", both `[rows, kept]`.
  std::vector<StateArray> state();

 private:
  std::size_t rows_, kept_ = 0, elements_ = 0;
  std::vector<Block> blocks_;
  AlignedBuffer<std::uint16_t> offsets_;
  AlignedBuffer<Stored> values_;
};

}  // namespace sancho::engine

#pragma once

#include <cstddef>

// The order of columns in the 4-bit storages, made for adding up 16 groups side by side.
//
// A row's groups (of 32, 64 or 128 columns that share a scale) are cut into blocks of 16, and what
// is left into blocks of 8, 4, 2 and 1. A block of G groups is stored as chunks of 64 columns, each
// 16 quads of four neighbouring columns: quad l of every chunk belongs to group l / (16 / G), and
// the chunks take each group's quads from first to last. The sum over a block of quad l's products
// thus lies in lane l of one register, to be scaled once per block instead of once per group.
//
// Rows are padded to whole pairs of chunks, 128 columns: two chunks share their bytes, the first in
// the low nibbles, the second in the high ones.
//
// Internal linkage: these functions are compiled once per instruction set.

namespace sancho::engine {

inline constexpr std::size_t kInt4Lanes = 16;
inline constexpr std::size_t kInt4Pair = 128;

static constexpr std::size_t int4_padded(std::size_t in) {
  return (in + kInt4Pair - 1) / kInt4Pair * kInt4Pair;
}

/// Groups `[first, first + groups)` of a row.
struct Int4Block {
  std::size_t first = 0;
  std::size_t groups = 0;
};

/// The block that starts at group `first` of a row of `groups`.
static constexpr Int4Block int4_block(std::size_t first, std::size_t groups) {
  const std::size_t left = groups - first;
  const int below = 63 - __builtin_clzll(left);
  return {first, left >= kInt4Lanes ? kInt4Lanes : std::size_t{1} << below};
}

/// How many blocks a row of `groups` has.
static constexpr std::size_t int4_blocks(std::size_t groups) {
  std::size_t count = 0;
  for (std::size_t g = 0; g < groups; g += int4_block(g, groups).groups) ++count;
  return count;
}

/// The first of the four columns that stand in quad `lane` of chunk `chunk` of a block.
static constexpr std::size_t int4_column(const Int4Block& block, std::size_t group,
                                         std::size_t chunk, std::size_t lane) {
  const std::size_t lanes = kInt4Lanes / block.groups;
  return (block.first + lane / lanes) * group + 4 * (chunk * lanes + lane % lanes);
}

}  // namespace sancho::engine

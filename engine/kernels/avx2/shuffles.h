#pragma once

#include <cstdint>

// Internal linkage, as in every file that holds wide instructions: nothing compiled for this set
// may be linked into code for another.

namespace sancho::engine {
namespace {

struct ShuffleTable {
  alignas(64) std::uint8_t rows[256][8];
};

/// For each mask of eight columns, which packed code each column takes; 0x80 gives zero.
constexpr ShuffleTable make_shuffles() {
  ShuffleTable table{};
  for (unsigned mask = 0; mask < 256; ++mask) {
    std::uint8_t next = 0;
    for (unsigned bit = 0; bit < 8; ++bit)
      table.rows[mask][bit] = (mask >> bit) & 1u ? next++ : std::uint8_t{0x80};
  }
  return table;
}
constexpr ShuffleTable kShuffles = make_shuffles();

/// Byte k: how many bits bytes 0..k of `bits` have.
inline std::uint64_t running_counts(std::uint64_t bits) {
  std::uint64_t counts = bits - ((bits >> 1) & 0x5555555555555555u);
  counts = (counts & 0x3333333333333333u) + ((counts >> 2) & 0x3333333333333333u);
  counts = (counts + (counts >> 4)) & 0x0f0f0f0f0f0f0f0fu;
  return counts * 0x0101010101010101u;
}

}  // namespace
}  // namespace sancho::engine

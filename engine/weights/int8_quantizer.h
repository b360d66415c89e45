#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sancho::engine {

/// Rounds a row of weights to symmetric int8 codes in −127..127, ties to even, and returns its
/// scale. Throws std::runtime_error where a weight is not finite.
float quantize_row(std::span<const float> row, std::span<std::int8_t> codes);

/// Throws std::runtime_error where rows of `in` columns are too long for 32-bit sums.
void check_int8_columns(std::size_t in);

}  // namespace sancho::engine

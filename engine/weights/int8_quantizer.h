#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/tensor/matrix_view.h"

namespace sancho::engine {

/// max |w|. Throws std::runtime_error where one is not a finite number.
float largest_magnitude(std::span<const float> row);

/// Rounds a row of weights to symmetric int8 codes in −127..127, ties to even, and returns its
/// scale. Throws std::runtime_error where a weight is not finite.
float quantize_row(std::span<const float> row, std::span<std::int8_t> codes);

/// Weights as codes in −127..127 with a scale per row, w ≈ code·scale.
struct Int8Codes {
  std::vector<std::int8_t> codes;  // [out, in]
  std::vector<float> scales;       // [out]
};
Int8Codes quantize_int8(MatrixView<const float> w);

/// Throws std::runtime_error where rows of `in` columns are too long for 32-bit sums.
void check_int8_columns(std::size_t in);

}  // namespace sancho::engine

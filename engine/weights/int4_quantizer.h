#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/tensor/matrix_view.h"

namespace sancho::engine {

/// The scale that spreads a group of weights over −7.5…7.5, as half precision holds it; 0 for a
/// group of zeros. Throws std::runtime_error where a weight is not finite or too large.
float int4_scale(std::span<const float> group);

/// Weights as codes in −8..7, w ≈ code·scale.
struct Int4Codes {
  std::vector<std::int8_t> codes;  // [out, in]
  std::vector<float> scales;       // [out, ceil(in / group)]
};
/// Rounds to nearest, ties to even, with the scales of int4_scale.
Int4Codes quantize_int4(MatrixView<const float> w, std::size_t group);

}  // namespace sancho::engine

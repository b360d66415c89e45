#include "engine/weights/int4_quantizer.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "engine/tensor/dtype.h"

namespace sancho::engine {

float int4_scale(std::span<const float> group) {
  float largest = 0.0f;
  for (const float v : group) {
    if (!std::isfinite(v))
      throw std::runtime_error(
          "A weight is not a finite number, so its group cannot be quantised; check the model that "
          "it comes from.");
    largest = std::max(largest, std::abs(v));
  }
  const float wanted = largest / 7.5f;
  std::uint16_t half = float_to_half(wanted);
  // Never above: the largest weight must reach code −8.
  if (half_to_float(half) > wanted) --half;
  const float scale = half_to_float(half);
  constexpr float largest_half = 65504.0f;
  if (wanted > largest_half)
    throw std::runtime_error(
        "A weight is too large for the half-precision scales of 4-bit storage; keep this layer in "
        "bf16.");
  return scale;
}

Int4Codes quantize_int4(MatrixView<const float> w, std::size_t group) {
  Int4Codes result;
  result.codes.reserve(w.rows * w.cols);
  for (std::size_t r = 0; r < w.rows; ++r)
    for (std::size_t g = 0; g < w.cols; g += group) {
      const auto weights = w.row(r).subspan(g, std::min(group, w.cols - g));
      const float scale = int4_scale(weights);
      result.scales.push_back(scale);
      for (const float v : weights)
        result.codes.push_back(static_cast<std::int8_t>(
            scale > 0.0f ? std::clamp(std::nearbyint(v / scale), -8.0f, 7.0f) : 0.0f));
    }
  return result;
}

}  // namespace sancho::engine

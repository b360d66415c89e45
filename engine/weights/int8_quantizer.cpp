#include "engine/weights/int8_quantizer.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "engine/kernels/dispatch.h"

namespace sancho::engine {

float largest_magnitude(std::span<const float> row) {
  float largest = 0.0f;
  for (const float v : row) {
    if (!std::isfinite(v))
      throw std::runtime_error(
          "A weight is not a finite number, so its row cannot be quantised; check the model that "
          "it comes from.");
    largest = std::max(largest, std::abs(v));
  }
  return largest;
}

float quantize_row(std::span<const float> row, std::span<std::int8_t> codes) {
  const float largest = largest_magnitude(row);
  const double per_code = largest > 0.0f ? 127.0 / static_cast<double>(largest) : 0.0;
  std::ranges::transform(row, codes.begin(), [&](float v) {
    return static_cast<std::int8_t>(std::nearbyint(static_cast<double>(v) * per_code));
  });
  return largest / 127.0f;
}

Int8Codes quantize_int8(MatrixView<const float> w) {
  Int8Codes result{std::vector<std::int8_t>(w.rows * w.cols), std::vector<float>(w.rows)};
  for (std::size_t r = 0; r < w.rows; ++r)
    result.scales[r] = quantize_row(w.row(r), std::span(result.codes).subspan(r * w.cols, w.cols));
  return result;
}

void check_int8_columns(std::size_t in) {
  if (in > kMaxInt8Columns)
    throw std::runtime_error("A linear layer has " + std::to_string(in) +
                             " inputs; int8 storage holds up to " +
                             std::to_string(kMaxInt8Columns) + ". Keep this layer in bf16.");
}

}  // namespace sancho::engine

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/kernels/dispatch.h"
#include "engine/kernels/thread_pool.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/tensor/matrix_view.h"

namespace sancho::engine {

/// Rounds a row of weights to symmetric int8 codes in −127..127, ties to even, and returns its
/// scale. Throws std::runtime_error where a weight is not finite.
float quantize_row(std::span<const float> row, std::span<std::int8_t> codes);

/// Throws std::runtime_error where rows of `in` columns are too long for 32-bit sums.
void check_int8_columns(std::size_t in);

/// Activations in int8 (see QuantizedRows), together with the memory that they lie in.
class QuantizedActivations {
 public:
  QuantizedActivations(MatrixView<const float> x, ThreadPool& pool);
  QuantizedRows rows() const { return {codes_.data(), scales_.data(), scales_.size(), stride_}; }

 private:
  std::size_t stride_;
  AlignedBuffer<std::uint8_t> codes_;  // [tokens, stride]
  AlignedBuffer<float> scales_;        // [tokens]
};

}  // namespace sancho::engine

#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/kernels/dispatch.h"
#include "engine/kernels/thread_pool.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/tensor/matrix_view.h"

namespace sancho::engine {

/// One input x `[tokens, in]` of one or several linear layers, in the forms that they ask for, each
/// made once. The numbers are borrowed; an object that is set again and again keeps its memory.
class Activations {
 public:
  Activations() = default;
  explicit Activations(MatrixView<const float> x) { set(x); }

  /// Takes `x` for the input from now on.
  void set(MatrixView<const float> x);
  /// Makes `codes()`, unless they are there.
  void quantize(ThreadPool& pool);

  MatrixView<const float> values() const { return x_; }
  /// In int8; only after `quantize`.
  QuantizedRows codes() const { return {codes_.data(), scales_.data(), x_.rows, stride_}; }

 private:
  MatrixView<const float> x_;
  bool quantized_ = false;
  std::size_t stride_ = 0;
  AlignedBuffer<std::uint8_t> codes_;  // [tokens, stride]
  AlignedBuffer<float> scales_;        // [tokens]
};

}  // namespace sancho::engine

#pragma once

#include <cstddef>

#include "engine/tensor/aligned_buffer.h"
#include "engine/weights/csr_pattern.h"

namespace sancho::engine {

/// A sparse adapter's weights and gradients for one linear layer.
template <class T>
struct SparseDelta {
  const CsrPattern* pattern = nullptr;
  const T* values = nullptr;
  T* gradients = nullptr;
};

/// Products with sparse adapters, of one thread of training: tokens go innermost (SparseProp,
/// Nikdan et al. 2023), the input is turned once for all layers that share it.
template <class T>
class DeltaProducts {
 public:
  /// The input of the next layers, x `[rows, in]`.
  void input(std::size_t rows, std::size_t in, const T* x);
  /// y += x·Sᵀ, y a window of rows of `y_stride`.
  void forward(const SparseDelta<T>& delta, T* y, std::size_t y_stride);
  /// Adds dyᵀ·x to the gradients where S has weights, and keeps dy·S for `add_input_gradient`.
  void backward(const SparseDelta<T>& delta, const T* dy, std::size_t dy_stride);
  /// dx += what `backward` gathered since `input`.
  void add_input_gradient(T* dx);

 private:
  std::size_t rows_ = 0, in_ = 0;
  bool has_gradient_ = false;
  AlignedBuffer<T> x_, dx_, strip_;  // [in, rows] twice, [a few outputs, rows]
};

}  // namespace sancho::engine

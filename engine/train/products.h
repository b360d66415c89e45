#pragma once

#include <cstddef>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/tensor/aligned_buffer.h"
#include "engine/train/gemm.h"
#include "engine/train/sparse_linear.h"
#include "engine/weights/linear.h"

namespace sancho::engine {

/// A weight matrix `[out, in]` as training reads it: whole in memory where it is trained, otherwise
/// frozen layers of a model, one above the other, of which only a tile is ever dense.
template <class T>
struct WeightMatrix {
  std::size_t in = 0, out = 0;
  const T* dense = nullptr;
  std::span<const Linear* const> frozen = {};
  const SparseLayer* sparse = nullptr;  // where `dense` is best read through its pattern
};

/// The products with weight matrices of one thread of training, and the memory that they need. Once
/// a stop is requested they return at once and leave their results unfinished.
template <class T>
class Products {
 public:
  explicit Products(GemmPrecision precision) : gemm(precision) {}

  Gemm gemm;
  std::stop_token stop;

  /// y `[rows, out]` = x `[rows, in]`·wᵀ (+ y where `accumulate`).
  void forward(std::size_t rows, const WeightMatrix<T>& w, const T* x, T* y, bool accumulate);
  /// dx `[rows, in]` = dy·w, overwritten; dw `[out, in]` += dyᵀ·x unless null.
  void backward(std::size_t rows, const WeightMatrix<T>& w, const T* x, const T* dy, T* dx, T* dw);
  /// dw `[width, in]` += dyᵀ·x with dy `[rows, width]`, a window of rows of `dy_stride`.
  void weight_gradient(std::size_t rows, std::size_t in, std::size_t width, const T* x, const T* dy,
                       std::size_t dy_stride, T* dw);
  /// out `[in]` = row `row` of w.
  void row(const WeightMatrix<T>& w, std::size_t row, T* out);

 private:
  template <class Visit>
  void for_each_tile(const WeightMatrix<T>& w, Visit visit);
  template <class Number>
  const Number* dense_tile(const Linear& layer, std::size_t begin, std::size_t count,
                           AlignedBuffer<Number>& tile);

  SparseProducts sparse_;
  AlignedBuffer<T> tile_, strip_;
  AlignedBuffer<bf16> bf16_tile_;  // instead, where products are of bf16
  AlignedBuffer<float> row_;       // where a tile is not of floats
};

/// Makes `buffer` hold at least `size` elements; what it held is lost.
template <class T>
T* room(AlignedBuffer<T>& buffer, std::size_t size) {
  if (buffer.size() < size) buffer = AlignedBuffer<T>(size);
  return buffer.data();
}

}  // namespace sancho::engine

#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

namespace sancho::engine {

/// A row-major `[rows, cols]` window on memory that somebody else owns. `stride` is the distance
/// between two rows in elements.
template <class T>
struct MatrixView {
  T* data = nullptr;
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::size_t stride = 0;

  MatrixView() = default;
  MatrixView(T* d, std::size_t r, std::size_t c) : data(d), rows(r), cols(c), stride(c) {}
  MatrixView(T* d, std::size_t r, std::size_t c, std::size_t s)
      : data(d), rows(r), cols(c), stride(s) {}

  std::span<T> row(std::size_t r) const { return {data + r * stride, cols}; }
  T& operator()(std::size_t r, std::size_t c) const { return data[r * stride + c]; }
  bool contiguous() const { return stride == cols; }
  operator MatrixView<const T>() const requires(!std::is_const_v<T>) {
    return {data, rows, cols, stride};
  }
};

}  // namespace sancho::engine

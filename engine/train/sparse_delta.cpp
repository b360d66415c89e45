#include "engine/train/sparse_delta.h"

#include <algorithm>

#include "engine/train/products.h"
#include "engine/train/rows.h"

namespace sancho::engine {
namespace {

constexpr std::size_t kStrip = 16;  // outputs at a time

/// visit(r, c) over all of `[rows, cols]`, in squares that stay in cache.
template <class Visit>
void in_squares(std::size_t rows, std::size_t cols, Visit visit) {
  constexpr std::size_t side = 16;
  for (std::size_t r = 0; r < rows; r += side)
    for (std::size_t c = 0; c < cols; c += side)
      for (std::size_t i = r; i < std::min(rows, r + side); ++i)
        for (std::size_t j = c; j < std::min(cols, c + side); ++j) visit(i, j);
}

}  // namespace

template <class T>
void DeltaProducts<T>::input(std::size_t rows, std::size_t in, const T* x) {
  rows_ = rows;
  in_ = in;
  has_gradient_ = false;
  T* turned = room(x_, in * rows);
  in_squares(rows, in, [=](std::size_t r, std::size_t c) { turned[c * rows + r] = x[r * in + c]; });
}

template <class T>
void DeltaProducts<T>::forward(const SparseDelta<T>& delta, T* y, std::size_t y_stride) {
  const CsrPattern& p = *delta.pattern;
  T* strip = room(strip_, kStrip * rows_);
  for (std::size_t first = 0; first < p.out(); first += kStrip) {
    const std::size_t count = std::min(kStrip, p.out() - first);
    std::fill_n(strip, count * rows_, T(0));
    for (std::size_t i = 0; i < count; ++i)
      for (std::uint64_t k = p.begins[first + i]; k < p.begins[first + i + 1]; ++k)
        rows::axpy(delta.values[k], x_.data() + p.columns[k] * rows_, strip + i * rows_, rows_);
    for (std::size_t t = 0; t < rows_; ++t)
      for (std::size_t i = 0; i < count; ++i) y[t * y_stride + first + i] += strip[i * rows_ + t];
  }
}

template <class T>
void DeltaProducts<T>::backward(const SparseDelta<T>& delta, const T* dy, std::size_t dy_stride) {
  const CsrPattern& p = *delta.pattern;
  T* dx = room(dx_, in_ * rows_);
  if (!has_gradient_) std::fill_n(dx, in_ * rows_, T(0));
  has_gradient_ = true;
  T* strip = room(strip_, kStrip * rows_);
  for (std::size_t first = 0; first < p.out(); first += kStrip) {
    const std::size_t count = std::min(kStrip, p.out() - first);
    for (std::size_t t = 0; t < rows_; ++t)
      for (std::size_t i = 0; i < count; ++i) strip[i * rows_ + t] = dy[t * dy_stride + first + i];
    for (std::size_t i = 0; i < count; ++i)
      for (std::uint64_t k = p.begins[first + i]; k < p.begins[first + i + 1]; ++k) {
        const std::size_t at = p.columns[k] * rows_;
        delta.gradients[k] += rows::dot(strip + i * rows_, x_.data() + at, rows_);
        rows::axpy(delta.values[k], strip + i * rows_, dx + at, rows_);
      }
  }
}

template <class T>
void DeltaProducts<T>::add_input_gradient(T* dx) {
  if (!has_gradient_) return;
  const T* turned = dx_.data();
  in_squares(rows_, in_, [this, turned, dx](std::size_t r, std::size_t c) {
    dx[r * in_ + c] += turned[c * rows_ + r];
  });
}

template class DeltaProducts<float>;
template class DeltaProducts<double>;

}  // namespace sancho::engine

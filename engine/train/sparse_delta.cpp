#include "engine/train/sparse_delta.h"

#include <algorithm>

#include "engine/train/products.h"
#include "engine/train/rows.h"
#include "engine/train/transpose.h"

namespace sancho::engine {
namespace {

constexpr std::size_t kStrip = 16;  // outputs at a time

}  // namespace

template <class T>
void DeltaProducts<T>::input(std::size_t rows, std::size_t in, const T* x) {
  rows_ = rows;
  in_ = in;
  has_gradient_ = false;
  transpose(x, in, rows, in, room(x_, in * rows), rows);
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
    add_transpose(strip, rows_, count, rows_, y + first, y_stride);
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
    transpose(dy + first, dy_stride, rows_, count, strip, rows_);
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
  add_transpose(dx_.data(), rows_, in_, rows_, dx, in_);
}

template class DeltaProducts<float>;
template class DeltaProducts<double>;

}  // namespace sancho::engine

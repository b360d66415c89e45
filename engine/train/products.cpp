#include "engine/train/products.h"

#include <algorithm>
#include <type_traits>

#include "engine/train/rows.h"

namespace sancho::engine {
namespace {

/// Weights that are dense at a time: few enough for the cache, enough rows for a fast product.
constexpr std::size_t kTileWeights = std::size_t{1} << 21;

std::size_t tile_rows(std::size_t in) {
  return std::max<std::size_t>(kTileWeights / in / 64 * 64, 64);
}

/// to `[rows, width]` = from, a window of rows of `stride`.
template <class T>
void copy_window(const T* from, std::size_t stride, std::size_t rows, std::size_t width, T* to) {
  for (std::size_t r = 0; r < rows; ++r) std::copy_n(from + r * stride, width, to + r * width);
}

}  // namespace

template <class T>
const T* Products<T>::dense_tile(const Linear& layer, std::size_t begin, std::size_t count) {
  const std::size_t in = layer.in_features();
  T* tile = room(tile_, count * in);
  if constexpr (std::is_same_v<T, float>) {
    for (std::size_t r = 0; r < count; ++r) layer.dense_row(begin + r, {tile + r * in, in});
  } else {
    const std::span<float> row(room(row_, in), in);
    for (std::size_t r = 0; r < count; ++r) {
      layer.dense_row(begin + r, row);
      std::ranges::copy(row, tile + r * in);
    }
  }
  return tile;
}

/// Calls visit(tile `[count, in]`, its first row, count) until a stop is requested.
template <class T>
template <class Visit>
void Products<T>::for_each_tile(const WeightMatrix<T>& w, Visit visit) {
  std::size_t first = 0;
  for (const Linear* layer : w.frozen) {
    const std::size_t out = layer->out_features(), step = tile_rows(w.in);
    for (std::size_t begin = 0; begin < out && !stop.stop_requested(); begin += step) {
      const std::size_t count = std::min(step, out - begin);
      visit(dense_tile(*layer, begin, count), first + begin, count);
    }
    first += out;
  }
}

template <class T>
void Products<T>::forward(std::size_t rows, const WeightMatrix<T>& w, const T* x, T* y,
                          bool accumulate) {
  if (stop.stop_requested()) return;
  if constexpr (std::is_same_v<T, float>)
    if (w.sparse) return sparse_.linear(*w.sparse, rows, x, w.dense, y, accumulate);
  if (w.dense) {
    gemm.linear(rows, w.in, w.out, x, w.dense, y, accumulate);
    return;
  }
  for_each_tile(w, [&](const T* tile, std::size_t first, std::size_t count) {
    T* strip = room(strip_, rows * count);
    gemm.linear(rows, w.in, count, x, tile, strip, false);
    for (std::size_t r = 0; r < rows; ++r) {
      T* to = y + r * w.out + first;
      if (accumulate)
        rows::axpy(T(1), strip + r * count, to, count);
      else
        std::copy_n(strip + r * count, count, to);
    }
  });
}

template <class T>
void Products<T>::backward(std::size_t rows, const WeightMatrix<T>& w, const T* x, const T* dy,
                           T* dx, T* dw) {
  if (stop.stop_requested()) return;
  if constexpr (std::is_same_v<T, float>)
    if (w.sparse) return sparse_.linear_backward(*w.sparse, rows, x, w.dense, dy, dx, dw);
  if (w.dense) {
    gemm.linear_backward(rows, w.in, w.out, x, w.dense, dy, dx, dw);
    return;
  }
  for_each_tile(w, [&](const T* tile, std::size_t first, std::size_t count) {
    T* strip = room(strip_, rows * count);
    copy_window(dy + first, w.out, rows, count, strip);
    T* part = first == 0 ? dx : room(sum_, rows * w.in);
    gemm.linear_backward(rows, w.in, count, nullptr, tile, strip, part, nullptr);
    if (first != 0) rows::axpy(T(1), part, dx, rows * w.in);
  });
}

template <class T>
void Products<T>::weight_gradient(std::size_t rows, std::size_t in, std::size_t width, const T* x,
                                  const T* dy, std::size_t dy_stride, T* dw) {
  if (stop.stop_requested()) return;
  T* strip = room(strip_, rows * width);
  copy_window(dy, dy_stride, rows, width, strip);
  gemm.linear_backward(rows, in, width, x, nullptr, strip, nullptr, dw);
}

template <class T>
void Products<T>::row(const WeightMatrix<T>& w, std::size_t row, T* out) {
  if (w.dense)
    std::copy_n(w.dense + row * w.in, w.in, out);
  else
    std::copy_n(dense_tile(*w.frozen.front(), row, 1), w.in, out);
}

template class Products<float>;
template class Products<double>;

}  // namespace sancho::engine

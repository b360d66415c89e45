#include "engine/train/products.h"

#include <algorithm>
#include <type_traits>

#include "engine/train/rows.h"

namespace sancho::engine {
namespace {

/// Weights that are dense at a time: few enough for the cache, enough rows for a fast product.
constexpr std::size_t kTileWeights = std::size_t{1} << 20;

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
template <class Number>
const Number* Products<T>::dense_tile(const Linear& layer, std::size_t begin, std::size_t count,
                                      AlignedBuffer<Number>& buffer) {
  const std::size_t in = layer.in_features();
  Number* tile = room(buffer, count * in);
  for (std::size_t r = 0; r < count; ++r) {
    if constexpr (std::is_same_v<Number, float>) {
      layer.dense_row(begin + r, {tile + r * in, in});
    } else {
      const std::span<float> row(room(row_, in), in);
      layer.dense_row(begin + r, row);
      if constexpr (std::is_same_v<Number, bf16>)
        rows::to_bf16(row.data(), tile + r * in, in);
      else
        std::ranges::copy(row, tile + r * in);
    }
  }
  return tile;
}

/// Calls visit(tile `[count, in]`, its first row, count) until a stop is requested. The tile is of
/// the numbers that are multiplied.
template <class T>
template <class Visit>
void Products<T>::for_each_tile(const WeightMatrix<T>& w, Visit visit) {
  std::size_t first = 0;
  for (const Linear* layer : w.frozen) {
    const std::size_t out = layer->out_features(), step = tile_rows(w.in);
    for (std::size_t begin = 0; begin < out && !stop.stop_requested(); begin += step) {
      const std::size_t count = std::min(step, out - begin);
      if constexpr (std::is_same_v<T, float>)
        if (gemm.precision() == GemmPrecision::bf16) {
          visit(dense_tile(*layer, begin, count, bf16_tile_), first + begin, count);
          continue;
        }
      visit(dense_tile(*layer, begin, count, tile_), first + begin, count);
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
  for_each_tile(w, [&](const auto* tile, std::size_t first, std::size_t count) {
    if constexpr (std::is_same_v<decltype(tile), const bf16*>)
      gemm.linear(rows, w.in, count, x, tile, y + first, w.out, accumulate);
    else
      gemm.product(false, true, rows, count, w.in, x, w.in, tile, w.in, T(accumulate ? 1 : 0),
                   y + first, w.out);
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
  for_each_tile(w, [&](const auto* tile, std::size_t first, std::size_t count) {
    if constexpr (std::is_same_v<decltype(tile), const bf16*>)
      gemm.input_gradient(rows, w.in, count, tile, dy + first, w.out, dx, first != 0);
    else
      gemm.product(false, false, rows, w.in, count, dy + first, w.out, tile, w.in,
                   T(first != 0 ? 1 : 0), dx, w.in);
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
    std::copy_n(dense_tile(*w.frozen.front(), row, 1, tile_), w.in, out);
}

template class Products<float>;
template class Products<double>;

}  // namespace sancho::engine

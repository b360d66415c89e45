#include "engine/train/sparse_linear.h"

#include <omp.h>

#include <algorithm>
#include <stdexcept>

#include "engine/kernels/csr.h"

namespace sancho::engine {
namespace {

constexpr std::size_t kTile = kCsrTile;
constexpr std::size_t kLine = 16;  // floats moved at once by a transposition

float* room(AlignedBuffer<float>& buffer, std::size_t size) {
  if (buffer.size() < size) buffer = AlignedBuffer<float>(size);
  return buffer.data();
}

template <class Body>
void parallel(std::size_t count, Body body) {
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < count; ++i) body(i);
}

/// x `[rows, cols]` → tiles `[ceil(rows / kTile), cols, kTile]`, filled up with zeros.
void to_tiles(const float* x, std::size_t rows, std::size_t cols, float* tiles) {
  const std::size_t stripes = (cols + kLine - 1) / kLine;
  parallel((rows + kTile - 1) / kTile * stripes, [=](std::size_t task) {
    const std::size_t first = task / stripes * kTile, begin = task % stripes * kLine;
    const std::size_t count = std::min(kTile, rows - first), width = std::min(kLine, cols - begin);
    const float* in = x + first * cols + begin;
    float* out = tiles + first * cols + begin * kTile;
    for (std::size_t c = 0; c < width; ++c) {
      for (std::size_t t = 0; t < count; ++t) out[c * kTile + t] = in[t * cols + c];
      std::fill(out + c * kTile + count, out + (c + 1) * kTile, 0.0f);
    }
  });
}

/// y `[rows, cols]` = tiles · wᵀ, w `[cols, …]` by rows; each tile of x holds `tile_size` floats.
void product(const CsrRows& w, const float* tiles, std::size_t tile_size, std::size_t rows,
             std::size_t cols, float* y, bool accumulate) {
  const auto multiply = csr_kernels().product;
  const std::size_t stripes = (cols + kLine - 1) / kLine;
  parallel((rows + kTile - 1) / kTile * stripes, [=](std::size_t task) {
    const std::size_t tile = task / stripes, begin = task % stripes * kLine;
    const std::size_t count = std::min(kTile, rows - tile * kTile);
    const std::size_t width = std::min(kLine, cols - begin);
    alignas(64) float sums[kLine * kTile];
    multiply(w, {begin, begin + width}, tiles + tile * tile_size, sums);
    float* out = y + tile * kTile * cols + begin;
    for (std::size_t t = 0; t < count; ++t)
      for (std::size_t c = 0; c < width; ++c) {
        float& to = out[t * cols + c];
        to = accumulate ? to + sums[c * kTile + t] : sums[c * kTile + t];
      }
  });
}

}  // namespace

SparseLayer::SparseLayer(std::span<const Pattern* const> parts, std::size_t in)
    : in_(in), row_begins_{0}, column_begins_(in + 1) {
  if (in == 0 || in > UINT32_MAX) throw std::invalid_argument("A sparse layer without columns.");
  for (const Pattern* part : parts)
    for (std::size_t at = 0; at < part->size(); at += in) {
      for (std::size_t c = 0; c < in; ++c)
        if (part->contains(at + c)) {
          columns_.push_back(static_cast<std::uint32_t>(c));
          ++column_begins_[c + 1];
        }
      row_begins_.push_back(columns_.size());
    }
  for (std::size_t c = 0; c < in; ++c) column_begins_[c + 1] += column_begins_[c];

  rows_.resize(columns_.size());
  std::vector<std::uint64_t> cursors(column_begins_.begin(), column_begins_.end() - 1);
  for (std::size_t r = 0; r < out(); ++r)
    for (std::uint64_t k = row_begins_[r]; k < row_begins_[r + 1]; ++k)
      rows_[cursors[columns_[k]]++] = static_cast<std::uint32_t>(r);
}

void SparseProducts::linear(const SparseLayer& layer, std::size_t rows, const float* x,
                            const float* w, float* y, bool accumulate) {
  const std::size_t in = layer.in(), out = layer.out();
  float* tiles = room(x_tiles_, (rows + kTile - 1) / kTile * kTile * in);
  to_tiles(x, rows, in, tiles);
  float* values = room(values_, layer.nonzeros());
  parallel(out, [&](std::size_t r) {
    for (std::uint64_t k = layer.row_begins_[r]; k < layer.row_begins_[r + 1]; ++k)
      values[k] = w[r * in + layer.columns_[k]];
  });
  product({layer.row_begins_.data(), layer.columns_.data(), values}, tiles, in * kTile, rows, out,
          y, accumulate);
}

void SparseProducts::linear_backward(const SparseLayer& layer, std::size_t rows, const float* x,
                                     const float* w, const float* dy, float* dx, float* dw) {
  const std::size_t in = layer.in(), out = layer.out();
  const std::size_t tiles = (rows + kTile - 1) / kTile;
  float* dy_tiles = room(dy_tiles_, tiles * kTile * out);
  to_tiles(dy, rows, out, dy_tiles);

  if (dx) {
    float* values = room(values_, layer.nonzeros());
    cursors_.assign(layer.column_begins_.begin(), layer.column_begins_.end() - 1);
    // Each thread sorts the weights of its columns, which lie together in every row.
    const auto threads = static_cast<std::size_t>(omp_get_max_threads());
    parallel(threads, [&](std::size_t thread) {
      const std::size_t first = thread * in / threads, last = (thread + 1) * in / threads;
      for (std::size_t r = 0; r < out; ++r) {
        const std::uint32_t* column = layer.columns_.data() + layer.row_begins_[r];
        const std::uint32_t* end = layer.columns_.data() + layer.row_begins_[r + 1];
        if (first > 0) column = std::lower_bound(column, end, first);
        for (; column != end && *column < last; ++column)
          values[cursors_[*column]++] = w[r * in + *column];
      }
    });
    product({layer.column_begins_.data(), layer.rows_.data(), values}, dy_tiles, out * kTile, rows,
            in, dx, false);
  }
  if (dw) {
    float* x_tiles = room(x_tiles_, tiles * kTile * in);
    to_tiles(x, rows, in, x_tiles);
    const CsrRows entries{layer.row_begins_.data(), layer.columns_.data(), nullptr};
    const auto add = csr_kernels().products_of_entries;
    const auto threads = static_cast<std::size_t>(omp_get_max_threads());
    // Each thread has its rows; the tokens of a tile stay in cache for all of them.
    parallel(threads, [&](std::size_t thread) {
      const RowRange mine{thread * out / threads, (thread + 1) * out / threads};
      for (std::size_t tile = 0; tile < tiles; ++tile)
        add(entries, mine, x_tiles + tile * in * kTile, dy_tiles + tile * out * kTile, dw, in);
    });
  }
}

}  // namespace sancho::engine

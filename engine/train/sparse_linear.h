#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/tensor/aligned_buffer.h"
#include "engine/train/pattern.h"

namespace sancho::engine {

/// Where the weights of one sparse matrix `[out, in]` lie, by rows and by columns. Fixed while it
/// is trained; 12 bytes per weight with the values that `SparseProducts` sorts by column.
class SparseLayer {
 public:
  /// The matrices of `parts`, all `in` columns wide, one below the other.
  SparseLayer(std::span<const Pattern* const> parts, std::size_t in);

  std::size_t in() const { return in_; }
  std::size_t out() const { return row_begins_.size() - 1; }
  std::size_t nonzeros() const { return columns_.size(); }
  double sparsity() const {
    return 1 - static_cast<double>(nonzeros()) / static_cast<double>(in() * out());
  }

 private:
  friend class SparseProducts;

  std::size_t in_;
  std::vector<std::uint64_t> row_begins_, column_begins_;  // [out + 1], [in + 1]
  std::vector<std::uint32_t> columns_, rows_;              // of the weights, by rows; by columns
};

/// Products with sparse weights, forward and backward (SparseProp, Nikdan et al. 2023): the work is
/// proportional to the weights that are there. Tokens go innermost, in tiles that stay in cache.
/// Keeps scratch memory between calls, so each thread of training has its own; shares its work
/// among the OpenMP threads of the caller. Results do not depend on their number.
class SparseProducts {
 public:
  /// y `[rows, out]` = x `[rows, in]`·wᵀ (+ y where `accumulate`); w `[out, in]` is stored whole.
  void linear(const SparseLayer& layer, std::size_t rows, const float* x, const float* w, float* y,
              bool accumulate);
  /// Backward of `linear`: dx = dy·w, dw += dyᵀ·x where the layer has weights. Either result may be
  /// null.
  void linear_backward(const SparseLayer& layer, std::size_t rows, const float* x, const float* w,
                       const float* dy, float* dx, float* dw);

 private:
  AlignedBuffer<float> x_tiles_, dy_tiles_;  // [tiles, columns, kCsrTile]
  AlignedBuffer<float> values_;
  std::vector<std::uint64_t> cursors_;
};

}  // namespace sancho::engine

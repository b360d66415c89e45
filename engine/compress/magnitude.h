#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/tensor/matrix_view.h"

namespace sancho::engine {

/// Which weights of a matrix become zero: a share of all, or `drop` of every `of` neighbours of a
/// row (2 of 4, 4 of 8) where `of` is not 0.
struct Sparsity {
  double share = 0;
  std::size_t drop = 0, of = 0;
};

/// Throws std::invalid_argument unless `sparsity` can be had.
void check_sparsity(const Sparsity& sparsity);

/// Numbers of the `count` smallest scores, of equal ones the first, in order.
std::vector<std::uint32_t> lowest(std::span<const float> scores, std::size_t count);

/// Sets the weights of smallest size to zero: round(share · rows · cols) of them, or by neighbours.
void prune_magnitude(MatrixView<float> w, const Sparsity& sparsity);

}  // namespace sancho::engine

#pragma once

#include <cstddef>

namespace sancho::engine {

/// to `[cols, rows]` = fromᵀ, from `[rows, cols]`; strides are of rows, in elements.
void transpose(const float* from, std::size_t from_stride, std::size_t rows, std::size_t cols,
               float* to, std::size_t to_stride);
void transpose(const double* from, std::size_t from_stride, std::size_t rows, std::size_t cols,
               double* to, std::size_t to_stride);

/// to += fromᵀ
void add_transpose(const float* from, std::size_t from_stride, std::size_t rows, std::size_t cols,
                   float* to, std::size_t to_stride);
void add_transpose(const double* from, std::size_t from_stride, std::size_t rows, std::size_t cols,
                   double* to, std::size_t to_stride);

}  // namespace sancho::engine

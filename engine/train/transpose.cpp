#include "engine/train/transpose.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "engine/train/simd.h"

#define SANCHO_INLINE inline __attribute__((always_inline))

namespace sancho::engine {
namespace {

constexpr std::size_t kSide = 8;  // of the squares that are turned in registers

using Row __attribute__((vector_size(kSide * sizeof(float)))) = float;

/// The square's element (r, c) becomes (c, r): in each of three rounds rows 2^k apart exchange
/// half of what they hold.
SANCHO_INLINE void turn(Row (&m)[kSide]) {
  Row a[kSide];
  for (std::size_t i = 0; i < kSide; i += 2) {
    a[i] = __builtin_shufflevector(m[i], m[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    a[i + 1] = __builtin_shufflevector(m[i], m[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (std::size_t i = 0; i < kSide; i += 4)
    for (std::size_t j = i; j < i + 2; ++j) {
      m[j] = __builtin_shufflevector(a[j], a[j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      m[j + 2] = __builtin_shufflevector(a[j], a[j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  for (std::size_t j = 0; j < 4; ++j) {
    a[j] = __builtin_shufflevector(m[j], m[j + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    a[j + 4] = __builtin_shufflevector(m[j], m[j + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
  for (std::size_t i = 0; i < kSide; ++i) m[i] = a[i];
}

template <bool add>
SANCHO_INLINE void turn_square(const float* from, std::size_t from_stride, float* to,
                               std::size_t to_stride) {
  Row m[kSide];
  for (std::size_t i = 0; i < kSide; ++i) std::memcpy(&m[i], from + i * from_stride, sizeof(Row));
  turn(m);
  for (std::size_t i = 0; i < kSide; ++i) {
    if (add) {
      Row before;
      std::memcpy(&before, to + i * to_stride, sizeof(Row));
      m[i] += before;
    }
    std::memcpy(to + i * to_stride, &m[i], sizeof(Row));
  }
}

template <bool add>
SANCHO_INLINE void turn_square(const double* from, std::size_t from_stride, double* to,
                               std::size_t to_stride) {
  for (std::size_t r = 0; r < kSide; ++r)
    for (std::size_t c = 0; c < kSide; ++c)
      to[c * to_stride + r] = (add ? to[c * to_stride + r] : 0) + from[r * from_stride + c];
}

/// In blocks that stay in cache, and in those square by square.
template <bool add, class T>
SANCHO_INLINE void transpose_of(const T* from, std::size_t from_stride, std::size_t rows,
                                std::size_t cols, T* to, std::size_t to_stride) {
  constexpr std::size_t block = 64;
  for (std::size_t top = 0; top < rows; top += block)
    for (std::size_t left = 0; left < cols; left += block) {
      const std::size_t bottom = std::min(rows, top + block), right = std::min(cols, left + block);
      for (std::size_t c = left; c < right; c += kSide)
        for (std::size_t r = top; r < bottom; r += kSide) {
          if (r + kSide <= bottom && c + kSide <= right) {
            turn_square<add>(from + r * from_stride + c, from_stride, to + c * to_stride + r,
                             to_stride);
            continue;
          }
          for (std::size_t i = r; i < std::min(bottom, r + kSide); ++i)
            for (std::size_t j = c; j < std::min(right, c + kSide); ++j)
              to[j * to_stride + i] =
                  (add ? to[j * to_stride + i] : T(0)) + from[i * from_stride + j];
        }
    }
}

}  // namespace

#define SANCHO_DEFINE(T)                                                                   \
  SANCHO_SIMD void transpose(const T* from, std::size_t from_stride, std::size_t rows,     \
                             std::size_t cols, T* to, std::size_t to_stride) {             \
    transpose_of<false>(from, from_stride, rows, cols, to, to_stride);                     \
  }                                                                                        \
  SANCHO_SIMD void add_transpose(const T* from, std::size_t from_stride, std::size_t rows, \
                                 std::size_t cols, T* to, std::size_t to_stride) {         \
    transpose_of<true>(from, from_stride, rows, cols, to, to_stride);                      \
  }
SANCHO_DEFINE(float)
SANCHO_DEFINE(double)
#undef SANCHO_DEFINE

}  // namespace sancho::engine

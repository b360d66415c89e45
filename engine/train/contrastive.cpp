#include "engine/train/contrastive.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/train/gemm.h"
#include "engine/train/rows.h"

namespace sancho::engine {
namespace {

/// Rows of unit length, and the lengths they had.
template <class T>
struct UnitRows {
  std::size_t n, width;
  std::vector<T> rows, lengths, gradient;

  UnitRows(std::size_t count, std::size_t w, const T* x)
      : n(count), width(w), rows(x, x + count * w), lengths(count), gradient(count * w) {
    constexpr T smallest = static_cast<T>(1e-12);
    for (std::size_t i = 0; i < n; ++i) {
      T* row = rows.data() + i * width;
      lengths[i] = std::max(std::sqrt(rows::dot(row, row, width)), smallest);
      rows::scale(1 / lengths[i], row, width);
    }
  }

  /// `gradient` is with respect to the unit rows; dx to those they were made from.
  void backward(T* dx) const {
    std::ranges::copy(gradient, dx);
    for (std::size_t i = 0; i < n; ++i) {
      const T* unit = rows.data() + i * width;
      T* d = dx + i * width;
      rows::axpy(-rows::dot(unit, d, width), unit, d, width);
      rows::scale(1 / lengths[i], d, width);
    }
  }
};

}  // namespace

template <class T>
double info_nce(std::size_t pairs, std::size_t width, const T* left, const T* right, T temperature,
                T scale, T* dleft, T* dright) {
  UnitRows<T> a(pairs, width, left), b(pairs, width, right);
  Gemm gemm;
  std::vector<T> scores(pairs * pairs);
  double sum = 0;
  const auto direction = [&](UnitRows<T>& from, UnitRows<T>& to) {
    gemm.product(false, true, pairs, pairs, width, from.rows.data(), width, to.rows.data(), width,
                 T(0), scores.data(), pairs);
    for (std::size_t i = 0; i < pairs; ++i) {
      T* row = scores.data() + i * pairs;
      const T own = row[i] / temperature;
      sum += static_cast<double>(rows::softmax(row, 1 / temperature, pairs) - own) / 2;
      row[i] -= 1;
      rows::scale(scale / (2 * temperature), row, pairs);
    }
    if (!dleft) return;
    gemm.product(false, false, pairs, width, pairs, scores.data(), pairs, to.rows.data(), width,
                 T(1), from.gradient.data(), width);
    gemm.product(true, false, pairs, width, pairs, scores.data(), pairs, from.rows.data(), width,
                 T(1), to.gradient.data(), width);
  };
  direction(a, b);
  direction(b, a);
  if (dleft) {
    a.backward(dleft);
    b.backward(dright);
  }
  return sum;
}

template double info_nce(std::size_t, std::size_t, const float*, const float*, float, float, float*,
                         float*);
template double info_nce(std::size_t, std::size_t, const double*, const double*, double, double,
                         double*, double*);

}  // namespace sancho::engine

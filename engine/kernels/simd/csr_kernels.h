#pragma once

#include "engine/kernels/csr.h"

// Sparse kernels over an instruction set's `Lanes`, instantiated as float_kernels.h says.

namespace sancho::engine {

template <class L>
struct CsrKernelsOf {
  using V = typename L::Float;
  static constexpr std::size_t N = kCsrTile / L::width;  // registers per tile

  static void product(const CsrRows& w, RowRange rows, const float* x, float* y) {
    for (std::size_t r = rows.begin; r < rows.end; ++r, y += kCsrTile) {
      V even[N], odd[N];
      for (std::size_t j = 0; j < N; ++j) even[j] = odd[j] = L::zero();
      std::uint64_t k = w.begins[r];
      const std::uint64_t end = w.begins[r + 1];
      for (; k + 2 <= end; k += 2) {
        const float* a = x + w.columns[k] * kCsrTile;
        const float* b = x + w.columns[k + 1] * kCsrTile;
        const V va = L::set(w.values[k]), vb = L::set(w.values[k + 1]);
        for (std::size_t j = 0; j < N; ++j) {
          even[j] = L::fma(va, L::load(a + j * L::width), even[j]);
          odd[j] = L::fma(vb, L::load(b + j * L::width), odd[j]);
        }
      }
      if (k < end) {
        const float* a = x + w.columns[k] * kCsrTile;
        const V va = L::set(w.values[k]);
        for (std::size_t j = 0; j < N; ++j)
          even[j] = L::fma(va, L::load(a + j * L::width), even[j]);
      }
      for (std::size_t j = 0; j < N; ++j) L::store(y + j * L::width, L::add(even[j], odd[j]));
    }
  }

  static void products_of_entries(const CsrRows& w, RowRange rows, const float* x, const float* dy,
                                  float* dw, std::size_t stride) {
    for (std::size_t r = rows.begin; r < rows.end; ++r) {
      V d[N];
      for (std::size_t j = 0; j < N; ++j) d[j] = L::load(dy + r * kCsrTile + j * L::width);
      const auto products = [&](std::uint64_t k) {
        const float* a = x + w.columns[k] * kCsrTile;
        V sum = L::mul(d[0], L::load(a));
        for (std::size_t j = 1; j < N; ++j) sum = L::fma(d[j], L::load(a + j * L::width), sum);
        return sum;
      };
      float* row = dw + r * stride;
      std::uint64_t k = w.begins[r];
      const std::uint64_t end = w.begins[r + 1];
      for (; k + 4 <= end; k += 4) {
        float sums[4];
        L::sum4(products(k), products(k + 1), products(k + 2), products(k + 3), sums);
        for (std::uint64_t i = 0; i < 4; ++i) row[w.columns[k + i]] += sums[i];
      }
      for (; k < end; ++k) row[w.columns[k]] += L::sum(products(k));
    }
  }
};

}  // namespace sancho::engine

#pragma once

#include "engine/kernels/panels.h"

// Products with panels over an instruction set's `Panel`: `lanes` tokens in a register and the
// multiply-accumulate of that set. See float_kernels.h for why they are templates.

namespace sancho::engine {

template <class P>
struct PanelProducts {
  using Sums = typename P::Sums;
  static constexpr std::size_t R = P::rows;
  static constexpr std::size_t kVectorsOfPanel = kPanelTokens / P::lanes;
  /// Rows whose outputs share a line of the cache and whose codes fit in the first level.
  static constexpr std::size_t kRowBlock = 16;

  static void gemm(const CodeRows& w, const QuantizedPanels& x, const OutputRows& y) {
    for (std::size_t r = 0; r < w.count; r += kRowBlock) {
      const std::size_t end = w.count - r < kRowBlock ? w.count : r + kRowBlock;
      std::size_t vector = 0;
      const std::size_t vectors = (x.tokens + P::lanes - 1) / P::lanes;
      for (; vector + P::vectors <= vectors; vector += P::vectors)
        block<P::vectors>(w, r, end, x, vector, y);
      if constexpr (P::vectors > 2)
        for (; vector + 2 <= vectors; vector += 2) block<2>(w, r, end, x, vector, y);
      for (; vector < vectors; ++vector) block<1>(w, r, end, x, vector, y);
    }
  }

 private:
  template <std::size_t V>
  static void block(const CodeRows& w, std::size_t row, std::size_t end, const QuantizedPanels& x,
                    std::size_t vector, const OutputRows& y) {
    for (; row + R <= end; row += R) tile<R, V>(w, row, x, vector, y);
    for (; row < end; ++row) tile<1, V>(w, row, x, vector, y);
  }

  /// Rows `row` to row + Rows times V vectors of tokens.
  template <std::size_t Rows, std::size_t V>
  static void tile(const CodeRows& w, std::size_t row, const QuantizedPanels& x, std::size_t vector,
                   const OutputRows& y) {
    const std::int8_t* const weights = w.values + row * w.stride;
    const std::uint8_t* codes[V];
    for (std::size_t v = 0; v < V; ++v)
      codes[v] = x.codes + (vector + v) / kVectorsOfPanel * kPanelTokens * x.stride +
                 (vector + v) % kVectorsOfPanel * P::lanes * 4;
    Sums sums[V][Rows];
    for (auto& of_vector : sums)
      for (std::size_t r = 0; r < Rows; ++r) of_vector[r] = P::start(w.sums[row + r]);
    for (std::size_t i = 0; i < w.in; i += 4) {
      typename P::Codes activations[V];
      for (std::size_t v = 0; v < V; ++v) activations[v] = P::load(codes[v] + i * kPanelTokens);
      for (std::size_t r = 0; r < Rows; ++r) {
        const auto weight = P::broadcast(weights + r * w.stride + i);
        for (std::size_t v = 0; v < V; ++v)
          sums[v][r] = P::multiply_add(sums[v][r], activations[v], weight);
      }
    }
    for (std::size_t v = 0; v < V; ++v) {
      const std::size_t token = (vector + v) * P::lanes, left = x.tokens - token;
      P::finish(sums[v], w.scales + row, x.scales + token, y.data + token * y.stride + row,
                y.stride, left < P::lanes ? left : P::lanes);
    }
  }
};

}  // namespace sancho::engine

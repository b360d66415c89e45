#pragma once

#include "engine/kernels/dispatch.h"

// Integer kernels over an instruction set's `Codes`: `width` int8 codes in a register and the
// multiply-accumulate of that set. See float_kernels.h for why they are templates.

namespace sancho::engine {

template <class C>
struct Int8Kernels {
  using V = typename C::Vector;
  static constexpr std::size_t W = C::width;
  static constexpr std::size_t kRows = 4;
  /// Tokens whose codes stay in the second-level cache while rows of weights pass.
  static constexpr std::size_t kTokenBlock = 128;

  static void gemm(const Int8Rows& w, RowRange rows, const QuantizedRows& x, const OutputRows& y) {
    for_token_blocks(x, y, [&](const QuantizedRows& block, const OutputRows& out) {
      std::size_t r = rows.begin;
      for (; r + kRows <= rows.end; r += kRows)
        row_group<kRows>(w.values + r * w.in, w.in, w.in, w.scales + r, w.sums + r, block,
                         out.data + r, out.stride);
      for (; r < rows.end; ++r)
        row_group<1>(w.values + r * w.in, w.in, w.in, w.scales + r, w.sums + r, block, out.data + r,
                     out.stride);
    });
  }

  /// Expands a few rows at a time and multiplies them with a whole block of tokens.
  static void gemm_expanded(const SparseInt8Rows& w, RowRange rows, const QuantizedRows& x,
                            const OutputRows& y, std::int8_t* scratch) {
    const std::size_t padded = (w.in + 63) / 64 * 64;
    for_token_blocks(x, y, [&](const QuantizedRows& block, const OutputRows& out) {
      for (std::size_t r = rows.begin; r < rows.end; r += kRows) {
        const std::size_t count = rows.end - r < kRows ? rows.end - r : kRows;
        expand(w, {r, r + count}, scratch);
        if (count == kRows)
          row_group<kRows>(scratch, padded, padded, w.scales + r, w.sums + r, block, out.data + r,
                           out.stride);
        else
          for (std::size_t k = 0; k < count; ++k)
            row_group<1>(scratch + k * padded, padded, padded, w.scales + r + k, w.sums + r + k,
                         block, out.data + r + k, out.stride);
      }
    });
  }

  static void expand(const SparseInt8Rows& w, RowRange rows, std::int8_t* out) {
    const std::size_t padded = (w.in + 63) / 64 * 64;
    for (std::size_t r = rows.begin; r < rows.end; ++r, out += padded)
      C::expand_row(w.bitmask + r * (padded / 8), padded, w.values + w.offsets[r],
                    w.values + w.size, out);
  }

  /// y of `R` rows and one token from their sums of products.
  template <std::size_t R>
  static void finish(const V (&acc)[R], const float* w_scales, const std::int32_t* w_sums,
                     float x_scale, float* y) {
    if constexpr (R == 4) {
      C::finish4(acc, w_scales, w_sums, x_scale, y);
    } else {
      for (std::size_t r = 0; r < R; ++r)
        y[r] = static_cast<float>(C::product(C::sum(acc[r]), w_sums[r])) * (w_scales[r] * x_scale);
    }
  }

 private:
  template <class Body>
  static void for_token_blocks(const QuantizedRows& x, const OutputRows& y, Body body) {
    for (std::size_t t = 0; t < x.tokens; t += kTokenBlock) {
      const std::size_t count = x.tokens - t < kTokenBlock ? x.tokens - t : kTokenBlock;
      body(QuantizedRows{x.codes + t * x.stride, x.scales + t, count, x.stride},
           OutputRows{y.data + t * y.stride, y.stride});
    }
  }

  template <std::size_t R>
  static void row_group(const std::int8_t* w, std::size_t w_stride, std::size_t in,
                        const float* w_scales, const std::int32_t* w_sums, const QuantizedRows& x,
                        float* y, std::size_t y_stride) {
    constexpr std::size_t tokens = C::tile_tokens;
    std::size_t t = 0;
    for (; t + tokens <= x.tokens; t += tokens)
      tile<R, tokens>(w, w_stride, in, w_scales, w_sums, x, t, y + t * y_stride, y_stride);
    for (; t < x.tokens; ++t) stream<R>(w, w_stride, in, w_scales, w_sums, x, t, y + t * y_stride);
  }

  /// Rows times one token. Each row is read as one stream, which memory serves faster than several
  /// side by side, with four sums in flight. Prefetching by hand slows it.
  template <std::size_t R>
  static void stream(const std::int8_t* w, std::size_t w_stride, std::size_t in,
                     const float* w_scales, const std::int32_t* w_sums, const QuantizedRows& x,
                     std::size_t token, float* y) {
    const std::uint8_t* codes = x.codes + token * x.stride;
    V rows[R];
    for (std::size_t r = 0; r < R; ++r) {
      const std::int8_t* const row = w + r * w_stride;
      V acc[4] = {C::zero(), C::zero(), C::zero(), C::zero()};
      std::size_t i = 0;
      for (; i + 4 * W <= in; i += 4 * W)
        for (std::size_t k = 0; k < 4; ++k) {
          const std::size_t at = i + k * W;
          acc[k] = C::multiply_add(acc[k], C::load_activations(codes + at), C::load(row + at));
        }
      for (; i + W <= in; i += W)
        acc[0] = C::multiply_add(acc[0], C::load_activations(codes + i), C::load(row + i));
      if (i < in)
        acc[1] =
            C::multiply_add(acc[1], C::load_activations(codes + i), C::load_part(row + i, in - i));
      rows[r] = C::add(C::add(acc[0], acc[1]), C::add(acc[2], acc[3]));
    }
    finish<R>(rows, w_scales, w_sums, x.scales[token], y);
  }

  template <std::size_t R, std::size_t T>
  static void tile(const std::int8_t* w, std::size_t w_stride, std::size_t in,
                   const float* w_scales, const std::int32_t* w_sums, const QuantizedRows& x,
                   std::size_t token, float* y, std::size_t y_stride) {
    const std::uint8_t* codes = x.codes + token * x.stride;
    V acc[T][R];
    for (auto& row : acc)
      for (V& v : row) v = C::zero();
    const auto step = [&](auto load, std::size_t i) __attribute__((always_inline)) {
      V weights[R];
      for (std::size_t r = 0; r < R; ++r) weights[r] = load(w + r * w_stride + i);
      for (std::size_t t = 0; t < T; ++t) {
        const V value = C::load_activations(codes + t * x.stride + i);
        for (std::size_t r = 0; r < R; ++r)
          acc[t][r] = C::multiply_add(acc[t][r], value, weights[r]);
      }
    };
    std::size_t i = 0;
    for (; i + W <= in; i += W) step([](const std::int8_t* p) { return C::load(p); }, i);
    if (i < in) step([n = in - i](const std::int8_t* p) { return C::load_part(p, n); }, i);
    for (std::size_t t = 0; t < T; ++t)
      finish<R>(acc[t], w_scales, w_sums, x.scales[token + t], y + t * y_stride);
  }
};

}  // namespace sancho::engine

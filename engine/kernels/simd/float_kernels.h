#pragma once

#include <initializer_list>

#include "engine/kernels/dispatch.h"

// Float kernels over an instruction set's `Lanes`: `width` floats in a register and a handful of
// operations on them. Each set instantiates them with a type of its own translation unit's unnamed
// namespace, so that no function compiled for one set can be linked into another. For the same
// reason nothing here calls inline functions of the standard library.

namespace sancho::engine {

template <class L>
struct FloatKernels {
  using V = typename L::Float;
  static constexpr std::size_t W = L::width;

  static float dot(const float* a, const float* b, std::size_t n) {
    V sums[4] = {L::zero(), L::zero(), L::zero(), L::zero()};
    std::size_t i = 0;
    for (; i + 4 * W <= n; i += 4 * W)
      for (std::size_t k = 0; k < 4; ++k)
        sums[k] = L::fma(L::load(a + i + k * W), L::load(b + i + k * W), sums[k]);
    for (; i < n; i += W) sums[0] = L::fma(take(a + i, n - i), take(b + i, n - i), sums[0]);
    return L::sum(L::add(L::add(sums[0], sums[1]), L::add(sums[2], sums[3])));
  }

  static void axpy(float a, const float* x, float* y, std::size_t n) {
    const V factor = L::set(a);
    for (std::size_t i = 0; i < n; i += W)
      put(y + i, L::fma(factor, take(x + i, n - i), take(y + i, n - i)), n - i);
  }

  static void rms_norm(const float* x, const float* weight, float eps, float* out, std::size_t n) {
    const V factor = L::set(1.0f / __builtin_sqrtf(dot(x, x, n) / static_cast<float>(n) + eps));
    for (std::size_t i = 0; i < n; i += W)
      put(out + i, L::mul(L::mul(take(x + i, n - i), factor), take(weight + i, n - i)), n - i);
  }

  /// eˣ to 2 units in the last place, 0 below the smallest normal result.
  static V exp(V x) {
    const V clamped = L::min(L::set(88.37f), L::max(L::set(-87.33f), x));
    const V k = L::round(L::mul(clamped, L::set(1.44269504f)));
    // ln 2 in two parts, so that k·ln 2 is exact in the first.
    V r = L::fma(k, L::set(-0.693359375f), clamped);
    r = L::fma(k, L::set(2.12194440e-4f), r);
    V p = L::set(1.9875691500e-4f);
    for (const float c :
         {1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f})
      p = L::fma(p, r, L::set(c));
    p = L::add(L::fma(p, L::mul(r, r), r), L::set(1.0f));
    return L::zero_where_less(L::times_power_of_two(p, k), x, L::set(-87.33f));
  }

  static void softmax(float* x, std::size_t n) {
    float top = x[0];
    std::size_t i = 0;
    if (n >= W) {
      V tops = L::load(x);
      for (i = W; i + W <= n; i += W) tops = L::max(tops, L::load(x + i));
      float lanes[W];
      L::store(lanes, tops);
      for (const float lane : lanes) top = lane > top ? lane : top;
    }
    for (; i < n; ++i) top = x[i] > top ? x[i] : top;

    V sums = L::zero();
    const V shift = L::set(top);
    for (i = 0; i + W <= n; i += W) {
      const V e = exp(L::sub(L::load(x + i), shift));
      L::store(x + i, e);
      sums = L::add(sums, e);
    }
    float sum = L::sum(sums);
    if (i < n) {
      put(x + i, exp(L::sub(take(x + i, n - i), shift)), n - i);
      for (std::size_t j = i; j < n; ++j) sum += x[j];
    }
    const V factor = L::set(1.0f / sum);
    for (i = 0; i < n; i += W) put(x + i, L::mul(take(x + i, n - i), factor), n - i);
  }

  static void silu_mul(const float* gate, const float* up, float* out, std::size_t n) {
    const V one = L::set(1.0f);
    for (std::size_t i = 0; i < n; i += W) {
      const V g = take(gate + i, n - i);
      const V silu = L::div(g, L::add(one, exp(L::sub(L::zero(), g))));
      put(out + i, L::mul(silu, take(up + i, n - i)), n - i);
    }
  }

  static void rope(float* x, const float* cos, const float* sin, std::size_t half) {
    for (std::size_t i = 0; i < half; i += W) {
      const std::size_t n = half - i;
      const V a = take(x + i, n), b = take(x + half + i, n);
      const V c = take(cos + i, n), s = take(sin + i, n);
      put(x + i, L::sub(L::mul(a, c), L::mul(b, s)), n);
      put(x + half + i, L::fma(b, c, L::mul(a, s)), n);
    }
  }

  /// T is float or std::uint16_t (bf16 bits). Every y is one chain of sums over the columns, so its
  /// bits depend neither on how rows and tokens are grouped nor on the number of threads.
  template <class T>
  static void gemm(const T* w, std::size_t in, RowRange rows, const FloatRows& x,
                   const OutputRows& y) {
    // A block of rows and a block of tokens stay in the second-level cache together.
    constexpr std::size_t block = 32;
    for (std::size_t first = rows.begin; first < rows.end; first += block)
      for (std::size_t t = 0; t < x.tokens; t += block) {
        const std::size_t end = first + block < rows.end ? first + block : rows.end;
        const FloatRows some{x.data + t * x.stride, x.tokens - t < block ? x.tokens - t : block,
                             x.stride};
        float* const out = y.data + t * y.stride;
        std::size_t r = first;
        for (; r + 4 <= end; r += 4) row_group<4>(w + r * in, in, some, out + r, y.stride);
        for (; r < end; ++r) row_group<1>(w + r * in, in, some, out + r, y.stride);
      }
  }

 private:
  static V take(const float* p, std::size_t n) { return n >= W ? L::load(p) : L::load_part(p, n); }
  static V take(const std::uint16_t* p, std::size_t n) {
    return n >= W ? L::load(p) : L::load_part(p, n);
  }
  static void put(float* p, V v, std::size_t n) {
    n >= W ? L::store(p, v) : L::store_part(p, v, n);
  }

  template <std::size_t R, class T>
  static void row_group(const T* w, std::size_t in, const FloatRows& x, float* y,
                        std::size_t y_stride) {
    constexpr std::size_t tokens = L::tile_tokens;
    std::size_t t = 0;
    for (; t + tokens <= x.tokens; t += tokens)
      tile<R, tokens>(w, in, x.data + t * x.stride, x.stride, y + t * y_stride, y_stride);
    for (; t < x.tokens; ++t)
      tile<R, 1>(w, in, x.data + t * x.stride, x.stride, y + t * y_stride, y_stride);
  }

  template <std::size_t R, std::size_t Tokens, class T>
  static void tile(const T* w, std::size_t in, const float* x, std::size_t x_stride, float* y,
                   std::size_t y_stride) {
    V acc[Tokens][R];
    for (auto& row : acc)
      for (V& v : row) v = L::zero();
    const auto step = [&](auto load, std::size_t i) __attribute__((always_inline)) {
      V weights[R];
      for (std::size_t r = 0; r < R; ++r) weights[r] = load(w + r * in + i);
      for (std::size_t t = 0; t < Tokens; ++t) {
        const V value = load(x + t * x_stride + i);
        for (std::size_t r = 0; r < R; ++r) acc[t][r] = L::fma(value, weights[r], acc[t][r]);
      }
    };
    std::size_t i = 0;
    for (; i + W <= in; i += W) step([](auto* p) { return L::load(p); }, i);
    if (i < in) step([n = in - i](auto* p) { return L::load_part(p, n); }, i);
    for (std::size_t t = 0; t < Tokens; ++t)
      if constexpr (R == 4)
        L::store4(y + t * y_stride, acc[t]);
      else
        y[t * y_stride] = L::sum(acc[t][0]);
  }
};

}  // namespace sancho::engine

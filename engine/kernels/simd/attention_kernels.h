#pragma once

#include "engine/kernels/simd/attention_layout.h"
#include "engine/kernels/simd/float_kernels.h"

// Attention over an instruction set's `Lanes`, which also load Half and int8 and have `to_half`;
// `attention_vectors` registers by four queries are summed at once. See float_kernels.h for why
// these are templates that call nothing of the standard library.

namespace sancho::engine {

template <class L, class Element>
struct AttentionOf {
  using V = typename L::Float;
  static constexpr std::size_t W = L::width;
  static constexpr bool scaled = std::is_same_v<Element, std::int8_t>;
  /// From so many queries on, a block is widened once instead of at each use.
  static constexpr std::size_t kWidenFrom = 8;

  static void attend(const AttentionTask& task) {
    for (std::size_t q = 0; q < task.rows * task.group; q += kQueryTile)
      tile(task, q, least(kQueryTile, task.rows * task.group - q));
  }

  static void store(std::byte* block, std::size_t position, const float* key, const float* value,
                    std::size_t dim) {
    const KvBlockView<Element, std::byte> b(block, dim);
    float key_factor = 1, value_factor = 1;
    if constexpr (scaled) {
      key_factor = fit(key, dim, b.key_scales[position]);
      value_factor = fit(value, dim, b.value_scales[position]);
    }
    Element* const row = b.values + position * kv_value_stride(dim);
    for (std::size_t d = 0; d < dim; ++d) {
      b.keys[d * kKvBlock + position] = encode(key[d] * key_factor);
      row[d] = encode(value[d] * value_factor);
    }
  }

 private:
  static std::size_t least(std::size_t a, std::size_t b) { return a < b ? a : b; }

  /// Codes per unit for `x`, whose scale is put into `scale`.
  static float fit(const float* x, std::size_t n, float& scale) {
    float top = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const float magnitude = __builtin_fabsf(x[i]);
      top = magnitude > top ? magnitude : top;
    }
    scale = top / 127;
    return top > 0 ? 127 / top : 0;
  }

  static Element encode(float x) {
    if constexpr (std::is_same_v<Element, Half>) {
      constexpr float largest = 65504;
      return {L::to_half(x > largest ? largest : x < -largest ? -largest : x)};
    } else if constexpr (scaled) {
      return static_cast<std::int8_t>(__builtin_rintf(x));
    } else {
      return x;
    }
  }

  /// The state of up to kQueryTile online softmaxes: out = acc / sum, weights relative to e^top.
  struct State {
    const float* queries[kQueryTile];
    std::size_t visible_to[kQueryTile];  // positions that a query sees
    float top[kQueryTile], sum[kQueryTile];
    std::size_t count;
    float* weights;  // [count, kKvBlock]
    float* acc;      // [count, value stride]
  };

  static void tile(const AttentionTask& task, std::size_t begin, std::size_t count) {
    const std::size_t width = kv_value_stride(task.dim);
    State s;
    s.count = count;
    s.weights = task.scratch;
    s.acc = s.weights + kQueryTile * kKvBlock;
    float* const keys = s.acc + kQueryTile * width;
    float* const values = keys + kKvBlock * task.dim;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t row = (begin + i) / task.group, head = (begin + i) % task.group;
      s.queries[i] = task.queries + row * task.stride + head * task.dim;
      s.visible_to[i] = task.first + row + 1;
      s.top[i] = -__builtin_inff();
      s.sum[i] = 0;
    }
    for (std::size_t i = 0; i < count * width; i += W) L::store(s.acc + i, L::zero());

    const std::size_t positions = s.visible_to[count - 1];
    for (std::size_t from = 0; from < positions; from += kKvBlock) {
      const std::size_t seen = least(kKvBlock, positions - from);
      const std::size_t at = from / kKvBlock;
      const KvBlockView<Element, const std::byte> b(task.blocks[at] + task.offset, task.dim);
      const KvBlockView<Element, const std::byte> next(
          task.blocks[from + seen < positions ? at + 1 : at] + task.offset, task.dim);
      if (!std::is_same_v<Element, float> && count >= kWidenFrom) {
        widen(b.keys, keys, kKvBlock * task.dim, next.keys);
        widen(b.values, values, seen * width, next.values);
        block(task, s, from, seen, keys, values, b, {});
      } else {
        block(task, s, from, seen, b.keys, b.values, b, {next.keys, next.values});
      }
    }

    for (std::size_t i = 0; i < count; ++i) {
      float* const out = task.out + (s.queries[i] - task.queries);
      const float factor = 1 / s.sum[i];
      for (std::size_t d = 0; d < task.dim; ++d) out[d] = s.acc[i * width + d] * factor;
    }
  }

  /// What of the next block is asked for while this one is used: blocks lie far apart, and the
  /// processor's own prefetching begins anew at each. Null where that is done already.
  struct Ahead {
    const Element* keys = nullptr;
    const Element* values = nullptr;
  };

  static void ask_for(const Element* from, std::size_t n) {
    constexpr std::size_t line = 64 / sizeof(Element);
    for (std::size_t i = 0; i < n; i += line) __builtin_prefetch(from + i);
  }

  static void widen(const Element* from, float* to, std::size_t n, const Element* next) {
    constexpr std::size_t line = 64 / sizeof(Element);
    for (std::size_t i = 0; i < n; i += W) {
      if (i % line == 0) __builtin_prefetch(next + i);
      L::store(to + i, L::load(from + i));
    }
  }

  /// Positions `from` to from + seen.
  template <class E>
  static void block(const AttentionTask& task, State& s, std::size_t from, std::size_t seen,
                    const E* keys, const E* values, const KvBlockView<Element, const std::byte>& b,
                    Ahead ahead) {
    const std::size_t width = kv_value_stride(task.dim);
    for_groups(s.count, [&]<std::size_t Q>(std::size_t i) {
      scores<Q>(s.queries + i, keys, task.dim, seen, task.scale, s.weights + i * kKvBlock,
                i == 0 ? ahead.keys : nullptr);
    });
    for (std::size_t i = 0; i < s.count; ++i) {
      const std::size_t visible =
          s.visible_to[i] > from ? least(kKvBlock, s.visible_to[i] - from) : 0;
      softmax(s, i, visible, width, b.key_scales, b.value_scales);
    }
    for_groups(s.count, [&]<std::size_t Q>(std::size_t i) {
      mix<Q>(s.weights + i * kKvBlock, values, seen, width, s.acc + i * width,
             i == 0 ? ahead.values : nullptr);
    });
  }

  template <class Body>
  static void for_groups(std::size_t count, Body body) {
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4) body.template operator()<4>(i);
    if (count - i == 3) body.template operator()<3>(i);
    if (count - i == 2) body.template operator()<2>(i);
    if (count - i == 1) body.template operator()<1>(i);
  }

  /// Scores `[Q, kKvBlock]` of the first `seen` positions and some more.
  template <std::size_t Q, class E>
  static void scores(const float* const* queries, const E* keys, std::size_t dim, std::size_t seen,
                     float scale, float* out, const Element* next) {
    constexpr std::size_t T = L::attention_vectors;
    for (std::size_t t = 0; t < seen; t += T * W) {
      V acc[Q][T];
      for (auto& row : acc)
        for (V& v : row) v = L::zero();
      for (std::size_t d = 0; d < dim; ++d) {
        if (next) ask_for(next + d * kKvBlock + t, T * W);
        V key[T];
        for (std::size_t k = 0; k < T; ++k) key[k] = L::load(keys + d * kKvBlock + t + k * W);
        for (std::size_t q = 0; q < Q; ++q) {
          const V x = L::set(queries[q][d]);
          for (std::size_t k = 0; k < T; ++k) acc[q][k] = L::fma(x, key[k], acc[q][k]);
        }
      }
      for (std::size_t q = 0; q < Q; ++q)
        for (std::size_t k = 0; k < T; ++k)
          L::store(out + q * kKvBlock + t + k * W, L::mul(acc[q][k], L::set(scale)));
    }
  }

  /// Turns scores into weights, zero from `visible` on, and brings what was summed before to the
  /// new largest score.
  static void softmax(State& s, std::size_t i, std::size_t visible, std::size_t width,
                      const float* key_scales, const float* value_scales) {
    float* const w = s.weights + i * kKvBlock;
    if constexpr (scaled)
      for (std::size_t t = 0; t < visible; ++t) w[t] *= key_scales[t];
    for (std::size_t t = visible; t < kKvBlock; ++t) w[t] = -__builtin_inff();
    V tops = L::load(w);
    for (std::size_t t = W; t < kKvBlock; t += W) tops = L::max(tops, L::load(w + t));
    float lanes[W];
    L::store(lanes, tops);
    float top = s.top[i];
    for (const float lane : lanes) top = lane > top ? lane : top;

    if (top != s.top[i]) {
      L::store(lanes, FloatKernels<L>::exp(L::set(s.top[i] - top)));
      const V factor = L::set(lanes[0]);
      float* const acc = s.acc + i * width;
      for (std::size_t d = 0; d < width; d += W)
        L::store(acc + d, L::mul(L::load(acc + d), factor));
      s.sum[i] *= lanes[0];
      s.top[i] = top;
    }
    V sums = L::zero();
    for (std::size_t t = 0; t < kKvBlock; t += W) {
      const V e = FloatKernels<L>::exp(L::sub(L::load(w + t), L::set(top)));
      sums = L::add(sums, e);
      if constexpr (scaled)
        L::store(w + t, L::mul(e, L::load(value_scales + t)));
      else
        L::store(w + t, e);
    }
    s.sum[i] += L::sum(sums);
  }

  /// acc `[Q, width]` += weights · values.
  template <std::size_t Q, class E>
  static void mix(const float* weights, const E* values, std::size_t seen, std::size_t width,
                  float* acc, const Element* next) {
    constexpr std::size_t T = L::attention_vectors;
    std::size_t d = 0;
    for (; d + T * W <= width; d += T * W)
      mix_columns<Q, T>(weights, values, seen, width, acc, d, next);
    for (; d < width; d += W) mix_columns<Q, 1>(weights, values, seen, width, acc, d, next);
  }

  template <std::size_t Q, std::size_t T, class E>
  static void mix_columns(const float* weights, const E* values, std::size_t seen,
                          std::size_t width, float* acc, std::size_t d, const Element* next) {
    V sums[Q][T];
    for (std::size_t q = 0; q < Q; ++q)
      for (std::size_t k = 0; k < T; ++k) sums[q][k] = L::load(acc + q * width + d + k * W);
    for (std::size_t t = 0; t < seen; ++t) {
      if (next) ask_for(next + t * width + d, T * W);
      V value[T];
      for (std::size_t k = 0; k < T; ++k) value[k] = L::load(values + t * width + d + k * W);
      for (std::size_t q = 0; q < Q; ++q) {
        const V w = L::set(weights[q * kKvBlock + t]);
        for (std::size_t k = 0; k < T; ++k) sums[q][k] = L::fma(w, value[k], sums[q][k]);
      }
    }
    for (std::size_t q = 0; q < Q; ++q)
      for (std::size_t k = 0; k < T; ++k) L::store(acc + q * width + d + k * W, sums[q][k]);
  }
};

}  // namespace sancho::engine

#pragma once

#include <cstddef>
#include <vector>

#include "engine/train/gemm.h"

namespace sancho::engine {

/// Cosines and sines of rotary position embedding, `[positions, head_dim / 2]` each.
template <class T>
struct RopeTable {
  std::vector<T> cos, sin;
  std::size_t half = 0;

  RopeTable(std::size_t positions, std::size_t head_dim, float theta);
};

/// Causal grouped-query attention over one sample. Rows of qkv are
/// `[heads·head_dim | kv_heads·head_dim | kv_heads·head_dim]`, stored with stride `qkv_cols`.
/// Scores are made for one block of queries of one head at a time, and made again going backward.
template <class T>
class Attention {
 public:
  Attention(std::size_t heads, std::size_t kv_heads, std::size_t head_dim, float rope_theta,
            std::size_t max_length);

  std::size_t qkv_cols() const { return (heads_ + 2 * kv_heads_) * head_dim_; }
  std::size_t out_cols() const { return heads_ * head_dim_; }

  /// Rotates queries and keys of rows 0…length−1 (positions the same) in place.
  void rope(T* qkv, std::size_t length) const;
  /// Backward of `rope` on the gradient: the rotation undone.
  void rope_backward(T* dqkv, std::size_t length) const;

  /// out `[length, heads·head_dim]`; `lse` `[heads, length]`: log Σ exp of each row of scores.
  void forward(Gemm& gemm, const T* qkv, std::size_t length, T* out, T* lse);
  /// dqkv is overwritten.
  void backward(Gemm& gemm, const T* qkv, const T* out, const T* lse, const T* dout,
                std::size_t length, T* dqkv);

 private:
  static constexpr std::size_t kQueryBlock = 64;
  void rotate(T* qkv, std::size_t length, T sign) const;

  std::size_t heads_, kv_heads_, head_dim_;
  T scale_;
  RopeTable<T> rope_;
  std::vector<T> scores_, dscores_;  // [kQueryBlock, max_length]
};

}  // namespace sancho::engine

#include "engine/train/attention.h"

#include <algorithm>
#include <cmath>

#include "engine/train/rows.h"

namespace sancho::engine {

template <class T>
RopeTable<T>::RopeTable(std::size_t positions, std::size_t head_dim, float theta)
    : cos(positions * (head_dim / 2)), sin(cos.size()), half(head_dim / 2) {
  for (std::size_t p = 0; p < positions; ++p)
    for (std::size_t i = 0; i < half; ++i) {
      const double angle = static_cast<double>(p) *
                           std::pow(static_cast<double>(theta),
                                    -2.0 * static_cast<double>(i) / static_cast<double>(head_dim));
      cos[p * half + i] = static_cast<T>(std::cos(angle));
      sin[p * half + i] = static_cast<T>(std::sin(angle));
    }
}

template <class T>
Attention<T>::Attention(std::size_t heads, std::size_t kv_heads, std::size_t head_dim,
                        float rope_theta, std::size_t max_length)
    : heads_(heads),
      kv_heads_(kv_heads),
      head_dim_(head_dim),
      scale_(1 / std::sqrt(static_cast<T>(head_dim))),
      rope_(max_length, head_dim, rope_theta),
      scores_(kQueryBlock * max_length),
      dscores_(kQueryBlock * max_length) {}

template <class T>
void Attention<T>::rotate(T* qkv, std::size_t length, T sign) const {
  for (std::size_t t = 0; t < length; ++t)
    for (std::size_t h = 0; h < heads_ + kv_heads_; ++h)
      rows::rotate_half(qkv + t * qkv_cols() + h * head_dim_, &rope_.cos[t * rope_.half],
                        &rope_.sin[t * rope_.half], sign, rope_.half);
}

template <class T>
void Attention<T>::rope(T* qkv, std::size_t length) const {
  rotate(qkv, length, 1);
}

template <class T>
void Attention<T>::rope_backward(T* dqkv, std::size_t length) const {
  rotate(dqkv, length, -1);
}

template <class T>
void Attention<T>::forward(Gemm& gemm, const T* qkv, std::size_t length, T* out, T* lse) {
  const std::size_t stride = qkv_cols(), out_stride = out_cols();
  for (std::size_t h = 0; h < heads_; ++h) {
    const std::size_t kv = h / (heads_ / kv_heads_);
    const T* q = qkv + h * head_dim_;
    const T* k = qkv + (heads_ + kv) * head_dim_;
    const T* v = k + kv_heads_ * head_dim_;
    for (std::size_t begin = 0; begin < length; begin += kQueryBlock) {
      const std::size_t count = std::min(kQueryBlock, length - begin), keys = begin + count;
      T* s = scores_.data();
      gemm.product(false, true, count, keys, head_dim_, q + begin * stride, stride, k, stride, T(0),
                   s, keys);
      for (std::size_t r = 0; r < count; ++r) {
        T* row = s + r * keys;
        lse[h * length + begin + r] = rows::softmax(row, scale_, begin + r + 1);
        std::fill(row + begin + r + 1, row + keys, T(0));
      }
      gemm.product(false, false, count, head_dim_, keys, s, keys, v, stride, T(0),
                   out + begin * out_stride + h * head_dim_, out_stride);
    }
  }
}

template <class T>
void Attention<T>::backward(Gemm& gemm, const T* qkv, const T* out, const T* lse, const T* dout,
                            std::size_t length, T* dqkv) {
  const std::size_t stride = qkv_cols(), out_stride = out_cols();
  std::fill(dqkv, dqkv + length * stride, T(0));
  for (std::size_t h = 0; h < heads_; ++h) {
    const std::size_t kv = h / (heads_ / kv_heads_);
    const std::size_t q_at = h * head_dim_, k_at = (heads_ + kv) * head_dim_,
                      v_at = k_at + kv_heads_ * head_dim_;
    for (std::size_t begin = 0; begin < length; begin += kQueryBlock) {
      const std::size_t count = std::min(kQueryBlock, length - begin), keys = begin + count;
      const T* q = qkv + begin * stride + q_at;
      const T* o = out + begin * out_stride + q_at;
      const T* d_o = dout + begin * out_stride + q_at;
      T* p = scores_.data();
      T* dp = dscores_.data();
      gemm.product(false, true, count, keys, head_dim_, q, stride, qkv + k_at, stride, T(0), p,
                   keys);
      gemm.product(false, true, count, keys, head_dim_, d_o, out_stride, qkv + v_at, stride, T(0),
                   dp, keys);
      for (std::size_t r = 0; r < count; ++r) {
        const std::size_t seen = begin + r + 1;
        rows::exp_shifted(p + r * keys, scale_, lse[h * length + begin + r], seen);
        std::fill(p + r * keys + seen, p + (r + 1) * keys, T(0));
      }
      gemm.product(true, false, keys, head_dim_, count, p, keys, d_o, out_stride, T(1), dqkv + v_at,
                   stride);
      for (std::size_t r = 0; r < count; ++r) {
        const std::size_t seen = begin + r + 1;
        const T mean = rows::dot(o + r * out_stride, d_o + r * out_stride, head_dim_);
        rows::softmax_backward(p + r * keys, dp + r * keys, mean, scale_, seen);
        std::fill(dp + r * keys + seen, dp + (r + 1) * keys, T(0));
      }
      gemm.product(false, false, count, head_dim_, keys, dp, keys, qkv + k_at, stride, T(0),
                   dqkv + begin * stride + q_at, stride);
      gemm.product(true, false, keys, head_dim_, count, dp, keys, q, stride, T(1), dqkv + k_at,
                   stride);
    }
  }
}

template struct RopeTable<float>;
template struct RopeTable<double>;
template class Attention<float>;
template class Attention<double>;

}  // namespace sancho::engine

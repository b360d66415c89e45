#include "engine/train/rows.h"

#include <bit>
#include <cmath>
#include <cstdint>

#include "engine/train/simd.h"

#define SANCHO_INLINE inline __attribute__((always_inline))

namespace sancho::engine::rows {
namespace {

/// Partial sums of a reduction: enough to fill the widest registers and hide latency.
constexpr std::size_t kLanes = 32;

/// exp to about 1e-7 relative: 2^k·e^r with |r| ≤ ln2/2.
SANCHO_INLINE float exp_of(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  const float k = __builtin_floorf(x * 1.44269504f + 0.5f);
  const float r = (x - k * 0.693359375f) + k * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  return p * std::bit_cast<float>((static_cast<std::int32_t>(k) + 127) << 23);
}
SANCHO_INLINE double exp_of(double x) {
  return std::exp(x);
}

template <class T, class Term>
SANCHO_INLINE T sum_of(std::size_t n, Term term) {
  T lanes[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (std::size_t j = 0; j < kLanes; ++j) lanes[j] += term(i + j);
  T rest = 0;
  for (; i < n; ++i) rest += term(i);
  for (std::size_t width = kLanes / 2; width > 0; width /= 2)
    for (std::size_t j = 0; j < width; ++j) lanes[j] += lanes[j + width];
  return lanes[0] + rest;
}

template <class T>
SANCHO_INLINE T max_of(const T* x, std::size_t n) {
  T lanes[kLanes];
  for (std::size_t j = 0; j < kLanes; ++j) lanes[j] = x[0];
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (std::size_t j = 0; j < kLanes; ++j) lanes[j] = lanes[j] < x[i + j] ? x[i + j] : lanes[j];
  T best = lanes[0];
  for (std::size_t j = 1; j < kLanes; ++j) best = best < lanes[j] ? lanes[j] : best;
  for (; i < n; ++i) best = best < x[i] ? x[i] : best;
  return best;
}

template <class T>
SANCHO_INLINE void rms_norm_backward_of(const T* x, const T* w, const T* dy, T rstd, T* dx, T* dw,
                                        std::size_t n) {
  const T along = sum_of<T>(n, [&](std::size_t i) { return w[i] * dy[i] * x[i]; });
  const T pull = along * rstd * rstd * rstd / static_cast<T>(n);
  for (std::size_t i = 0; i < n; ++i) dx[i] += rstd * w[i] * dy[i] - pull * x[i];
  if (dw)
    for (std::size_t i = 0; i < n; ++i) dw[i] += rstd * dy[i] * x[i];
}

template <class T>
SANCHO_INLINE void rotate_half_of(T* x, const T* cos, const T* sin, T sign, std::size_t half) {
  T* y = x + half;
  for (std::size_t i = 0; i < half; ++i) {
    const T a = x[i], b = y[i], s = sign * sin[i];
    x[i] = a * cos[i] - b * s;
    y[i] = b * cos[i] + a * s;
  }
}

template <class T>
SANCHO_INLINE T softmax_of(T* x, T scale, std::size_t n) {
  const T top = scale * max_of(x, n);
  for (std::size_t i = 0; i < n; ++i) x[i] = exp_of(scale * x[i] - top);
  const T sum = sum_of<T>(n, [&](std::size_t i) { return x[i]; });
  const T inverse = 1 / sum;
  for (std::size_t i = 0; i < n; ++i) x[i] *= inverse;
  return top + std::log(sum);
}

template <class T>
SANCHO_INLINE void swiglu_backward_of(const T* gate, const T* up, const T* dy, T* dgate, T* dup,
                                      std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    const T g = gate[i], sigmoid = 1 / (1 + exp_of(-g));
    dup[i] = dy[i] * g * sigmoid;
    dgate[i] = dy[i] * up[i] * sigmoid * (1 + g * (1 - sigmoid));
  }
}

}  // namespace

// Each operation for both types from one body.
#define SANCHO_ROW_OPERATIONS(T)                                                                \
  SANCHO_SIMD T dot(const T* a, const T* b, std::size_t n) {                                    \
    return sum_of<T>(n, [=](std::size_t i) { return a[i] * b[i]; });                            \
  }                                                                                             \
  SANCHO_SIMD void axpy(T alpha, const T* x, T* y, std::size_t n) {                             \
    for (std::size_t i = 0; i < n; ++i) y[i] += alpha * x[i];                                   \
  }                                                                                             \
  SANCHO_SIMD void scale(T s, T* x, std::size_t n) {                                            \
    for (std::size_t i = 0; i < n; ++i) x[i] *= s;                                              \
  }                                                                                             \
  SANCHO_SIMD void scaled_product(T s, const T* x, const T* w, T* y, std::size_t n) {           \
    for (std::size_t i = 0; i < n; ++i) y[i] = s * x[i] * w[i];                                 \
  }                                                                                             \
  SANCHO_SIMD void rms_norm_backward(const T* x, const T* w, const T* dy, T rstd, T* dx, T* dw, \
                                     std::size_t n) {                                           \
    rms_norm_backward_of(x, w, dy, rstd, dx, dw, n);                                            \
  }                                                                                             \
  SANCHO_SIMD void rotate_half(T* x, const T* cos, const T* sin, T sign, std::size_t half) {    \
    rotate_half_of(x, cos, sin, sign, half);                                                    \
  }                                                                                             \
  SANCHO_SIMD T softmax(T* x, T scale, std::size_t n) {                                         \
    return softmax_of(x, scale, n);                                                             \
  }                                                                                             \
  SANCHO_SIMD void exp_shifted(T* x, T scale, T lse, std::size_t n) {                           \
    for (std::size_t i = 0; i < n; ++i) x[i] = exp_of(scale * x[i] - lse);                      \
  }                                                                                             \
  SANCHO_SIMD void softmax_backward(const T* p, T* dp, T mean, T scale, std::size_t n) {        \
    for (std::size_t i = 0; i < n; ++i) dp[i] = scale * p[i] * (dp[i] - mean);                  \
  }                                                                                             \
  SANCHO_SIMD void swiglu(const T* gate, const T* up, T* y, std::size_t n) {                    \
    for (std::size_t i = 0; i < n; ++i) y[i] = up[i] * gate[i] / (1 + exp_of(-gate[i]));        \
  }                                                                                             \
  SANCHO_SIMD void swiglu_backward(const T* gate, const T* up, const T* dy, T* dgate, T* dup,   \
                                   std::size_t n) {                                             \
    swiglu_backward_of(gate, up, dy, dgate, dup, n);                                            \
  }

SANCHO_ROW_OPERATIONS(float)
SANCHO_ROW_OPERATIONS(double)
#undef SANCHO_ROW_OPERATIONS

SANCHO_SIMD void to_bf16(const float* x, bf16* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    const auto u = std::bit_cast<std::uint32_t>(x[i]);
    y[i].bits = static_cast<std::uint16_t>((u + 0x7fffu + ((u >> 16) & 1u)) >> 16);
  }
}

}  // namespace sancho::engine::rows

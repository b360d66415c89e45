#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "engine/kernels/simd/int4_kernels.h"
#include "engine/kernels/tables.h"
#include "engine/tensor/dtype.h"

// The plain twin of every kernel: what the vectorised ones are measured against, and the fallback
// on processors without them.

namespace sancho::engine {
namespace {

float dot(const float* a, const float* b, std::size_t n) {
  float sum = 0.0f;
  for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

void axpy(float a, const float* x, float* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] += a * x[i];
}

void rms_norm(const float* x, const float* weight, float eps, float* out, std::size_t n) {
  const float factor = 1.0f / std::sqrt(dot(x, x, n) / static_cast<float>(n) + eps);
  for (std::size_t i = 0; i < n; ++i) out[i] = x[i] * factor * weight[i];
}

void softmax(float* x, std::size_t n) {
  const float top = *std::max_element(x, x + n);
  float sum = 0.0f;
  for (std::size_t i = 0; i < n; ++i) sum += x[i] = std::exp(x[i] - top);
  for (std::size_t i = 0; i < n; ++i) x[i] /= sum;
}

void silu_mul(const float* gate, const float* up, float* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[i] = gate[i] / (1.0f + std::exp(-gate[i])) * up[i];
}

void rope(float* x, const float* cos, const float* sin, std::size_t half) {
  for (std::size_t i = 0; i < half; ++i) {
    const float a = x[i], b = x[i + half];
    x[i] = a * cos[i] - b * sin[i];
    x[i + half] = b * cos[i] + a * sin[i];
  }
}

float quantize(const float* x, std::size_t n, std::size_t padded, std::uint8_t* codes) {
  std::memset(codes, 128, padded);
  // Magnitudes of floats are ordered as their bits are, with infinity and NaN on top.
  std::uint32_t top = 0;
  for (std::size_t i = 0; i < n; ++i)
    top = std::max(top, std::bit_cast<std::uint32_t>(x[i]) & 0x7fffffffu);
  const float largest = std::bit_cast<float>(top);
  if (top >= 0x7f800000u) return std::numeric_limits<float>::quiet_NaN();
  if (largest < kSmallestActivation) return 0.0f;
  const float inverse = 127.0f / largest;
  for (std::size_t i = 0; i < n; ++i)
    codes[i] = static_cast<std::uint8_t>(128 + static_cast<int>(std::nearbyint(x[i] * inverse)));
  return largest / 127.0f;
}

void gemm_f32(const float* w, std::size_t in, RowRange rows, const FloatRows& x,
              const OutputRows& y) {
  for (std::size_t r = rows.begin; r < rows.end; ++r)
    for (std::size_t t = 0; t < x.tokens; ++t)
      y.data[t * y.stride + r] = dot(w + r * in, x.data + t * x.stride, in);
}

void gemm_bf16(const std::uint16_t* w, std::size_t in, RowRange rows, const FloatRows& x,
               const OutputRows& y) {
  for (std::size_t r = rows.begin; r < rows.end; ++r)
    for (std::size_t t = 0; t < x.tokens; ++t) {
      float sum = 0.0f;
      for (std::size_t i = 0; i < in; ++i)
        sum += std::bit_cast<float>(static_cast<std::uint32_t>(w[r * in + i]) << 16) *
               x.data[t * x.stride + i];
      y.data[t * y.stride + r] = sum;
    }
}

void multiply_row(const std::int8_t* w, std::size_t in, float scale, const QuantizedRows& x,
                  float* y, std::size_t y_stride) {
  for (std::size_t t = 0; t < x.tokens; ++t) {
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < in; ++i) sum += w[i] * (x.codes[t * x.stride + i] - 128);
    y[t * y_stride] = static_cast<float>(sum) * (scale * x.scales[t]);
  }
}

void gemm_int8(const Int8Rows& w, RowRange rows, const QuantizedRows& x, const OutputRows& y) {
  for (std::size_t r = rows.begin; r < rows.end; ++r)
    multiply_row(w.values + r * w.in, w.in, w.scales[r], x, y.data + r, y.stride);
}

void expand_sparse_int8(const SparseInt8Rows& w, RowRange rows, std::int8_t* out) {
  const std::size_t padded = (w.in + 63) / 64 * 64;
  for (std::size_t r = rows.begin; r < rows.end; ++r, out += padded) {
    const std::uint8_t* mask = w.bitmask + r * (padded / 8);
    const std::int8_t* next = w.values + w.offsets[r];
    for (std::size_t i = 0; i < padded; ++i)
      out[i] = (mask[i / 8] >> (i % 8)) & 1 ? *next++ : std::int8_t{0};
  }
}

void gemm_sparse_int8(const SparseInt8Rows& w, RowRange rows, const QuantizedRows& x,
                      const OutputRows& y, std::int8_t* scratch) {
  for (std::size_t r = rows.begin; r < rows.end; ++r) {
    expand_sparse_int8(w, {r, r + 1}, scratch);
    multiply_row(scratch, w.in, w.scales[r], x, y.data + r, y.stride);
  }
}

/// 4-bit weights without any instruction of their own, see Int4Kernels.
struct Nibbles {
  struct Pair {
    std::uint8_t codes[kInt4Pair];
  };
  struct Sums {
    std::int32_t lanes[kInt4Lanes];
  };
  struct Floats {
    float lanes[kInt4Lanes];
  };
  static constexpr std::size_t tile_tokens = 1;
  static constexpr std::ptrdiff_t reach = 0;
  static constexpr std::size_t settle_pairs = 64;

  static Floats zero() { return {}; }
  static Sums begin(const std::int32_t* bias) {
    Sums s;
    std::copy_n(bias, kInt4Lanes, s.lanes);
    return s;
  }
  static void settle(Sums&) {}

  static Pair load(const std::uint8_t* codes) {
    Pair pair;
    for (std::size_t i = 0; i < 64; ++i) {
      pair.codes[i] = codes[i] & 15;
      pair.codes[64 + i] = codes[i] >> 4;
    }
    return pair;
  }

  template <bool Careful>
  static Pair expand(const std::uint8_t* mask, const std::uint8_t*& codes) {
    const std::uint8_t* next[2] = {codes, codes};
    Pair pair;
    for (std::size_t i = 0; i < kInt4Pair; ++i) {
      const bool stored = (mask[i / 8] >> (i % 8)) & 1, high = i >= 64;
      pair.codes[i] = 8;
      if (!stored) continue;
      const std::uint8_t both = *next[high]++;
      pair.codes[i] = high ? both >> 4 : both & 15;
    }
    codes = std::max(next[0], next[1]);
    return pair;
  }

  static void store(const Pair& pair, std::uint8_t* out) {
    for (std::size_t i = 0; i < 64; ++i)
      out[i] = static_cast<std::uint8_t>(pair.codes[i] | pair.codes[64 + i] << 4);
  }

  static void multiply_add(Sums& s, const Pair& w, const std::int8_t* x) {
    for (std::size_t i = 0; i < kInt4Pair; ++i) s.lanes[i / 4 % kInt4Lanes] += w.codes[i] * x[i];
  }

  static Floats spread(const std::uint16_t* scales, std::size_t groups) {
    Floats spread;
    for (std::size_t lane = 0; lane < kInt4Lanes; ++lane)
      spread.lanes[lane] = half_to_float(scales[lane / (kInt4Lanes / groups)]);
    return spread;
  }

  static Floats scale_add(const Sums& s, const Floats& scale, const Floats& acc) {
    Floats sum;
    for (std::size_t i = 0; i < kInt4Lanes; ++i)
      sum.lanes[i] = std::fma(static_cast<float>(s.lanes[i]), scale.lanes[i], acc.lanes[i]);
    return sum;
  }

  /// The order in which the vectorised sets fold a register.
  static float sum(const Floats& v) {
    float h[8];
    for (std::size_t i = 0; i < 8; ++i) h[i] = v.lanes[i] + v.lanes[i + 8];
    return ((h[0] + h[1]) + (h[2] + h[3])) + ((h[4] + h[5]) + (h[6] + h[7]));
  }
  static void finish4(const Floats (&v)[4], float x_scale, float* y) {
    for (std::size_t r = 0; r < 4; ++r) y[r] = sum(v[r]) * x_scale;
  }

  static void bias(const std::int8_t* x, std::size_t chunks, std::int32_t* out) {
    std::fill_n(out, kInt4Lanes, 0);
    for (std::size_t i = 0; i < chunks * 64; ++i) out[i / 4 % kInt4Lanes] -= 8 * x[i];
  }
};

using Int4 = Int4Kernels<Nibbles>;

}  // namespace

const KernelTable kScalarKernels = {dot,
                                    axpy,
                                    rms_norm,
                                    softmax,
                                    silu_mul,
                                    rope,
                                    quantize,
                                    gemm_f32,
                                    gemm_bf16,
                                    gemm_int8,
                                    gemm_sparse_int8,
                                    expand_sparse_int8,
                                    Int4::group_codes,
                                    Int4::gemm,
                                    Int4::gemm_sparse,
                                    Int4::expand,
                                    false};

}  // namespace sancho::engine

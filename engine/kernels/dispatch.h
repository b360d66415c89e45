#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/kernels/isa.h"

namespace sancho::engine {

/// Activations x `[tokens, in]` in symmetric int8, one scale per token: x ≈ (code − 128)·scale,
/// codes in 1..255. Rows are `stride` bytes apart, a multiple of 64; columns past `in` hold 128.
struct QuantizedRows {
  const std::uint8_t* codes = nullptr;
  const float* scales = nullptr;
  std::size_t tokens = 0;
  std::size_t stride = 0;
};

/// W `[out, in]` in int8 with one scale per row. `sums` are Σ w of each row, in codes.
struct Int8Rows {
  const std::int8_t* values = nullptr;
  const float* scales = nullptr;
  const std::int32_t* sums = nullptr;
  std::size_t in = 0;
};

/// W `[out, in]` in int8 with only the non-zero codes stored. `bitmask` has ceil(in/64)·8 bytes per
/// row, bit j of byte i standing for column 8i+j; row r's codes begin at values[offsets[r]] and
/// `size` codes exist in all.
struct SparseInt8Rows {
  const std::uint8_t* bitmask = nullptr;
  const std::int8_t* values = nullptr;
  const std::int64_t* offsets = nullptr;
  const float* scales = nullptr;
  const std::int32_t* sums = nullptr;
  std::size_t size = 0;
  std::size_t in = 0;
};

/// Activations x `[tokens, in]` for the 4-bit storages, in their order of columns (int4_layout.h):
/// x ≈ code·scale, codes in −127..127, rows of `padded` codes with zeros past `in`. `bias` has
/// −8·Σ codes of every lane of every block, `[tokens, blocks·16]`: what turns codes of 0..15 into
/// −8..7.
struct GroupedRows {
  const std::int8_t* codes = nullptr;
  const std::int32_t* bias = nullptr;
  const float* scales = nullptr;
  std::size_t tokens = 0;
  std::size_t padded = 0;
  std::size_t blocks = 0;
};

/// W `[out, in]` in codes of 4 bits (value + 8) with a half-precision scale for each `group`
/// columns, scales `[out, groups]`, in the order of int4_layout.h. Each pair of chunks takes 64
/// bytes.
struct Int4Rows {
  const std::uint8_t* codes = nullptr;
  const std::uint16_t* scales = nullptr;
  std::size_t groups = 0;
  std::size_t group = 0;
};

/// As Int4Rows, with only the codes that are not zero. `bitmask` has 8 bytes per chunk; each pair
/// of chunks takes as many bytes as the fuller of the two has bits. Row r's codes begin at
/// codes[offsets[r]] and `size` bytes exist in all.
struct SparseInt4Rows {
  const std::uint8_t* bitmask = nullptr;
  const std::uint8_t* codes = nullptr;
  const std::int64_t* offsets = nullptr;
  const std::uint16_t* scales = nullptr;
  std::size_t size = 0;
  std::size_t groups = 0;
  std::size_t group = 0;
};

/// Float rows: x `[tokens, in]` or y `[tokens, out]`, `stride` elements apart.
struct FloatRows {
  const float* data = nullptr;
  std::size_t tokens = 0;
  std::size_t stride = 0;
};
struct OutputRows {
  float* data = nullptr;
  std::size_t stride = 0;
};

/// Rows of W that one call multiplies.
struct RowRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Most columns an integer product may have, so that a sum of products fits 32 bits.
inline constexpr std::size_t kMaxInt8Columns = 131072;

/// Activations whose largest magnitude is below this are taken for zero.
inline constexpr float kSmallestActivation = 1e-30f;

/// Bytes of scratch that `gemm_sparse_int8` needs for rows of `in` columns.
constexpr std::size_t sparse_scratch_bytes(std::size_t in) {
  return 8 * ((in + 63) / 64 * 64);
}

/// The kernels of one instruction set. Products compute y[t, r] = Σ w[r, i]·x[t, i] for r in the
/// range; integer products give the same bits in every set.
struct KernelTable {
  float (*dot)(const float* a, const float* b, std::size_t n);
  void (*axpy)(float a, const float* x, float* y, std::size_t n);
  void (*rms_norm)(const float* x, const float* weight, float eps, float* out, std::size_t n);
  void (*softmax)(float* x, std::size_t n);
  void (*silu_mul)(const float* gate, const float* up, float* out, std::size_t n);
  /// `half` pairs.
  void (*rope)(float* x, const float* cos, const float* sin, std::size_t half);

  /// Rounds x to nearest, ties to even, with scale = max|x| / 127, and returns the scale; codes
  /// from n up to `padded` become 128. Where x is not finite the scale is NaN.
  float (*quantize)(const float* x, std::size_t n, std::size_t padded, std::uint8_t* codes);

  void (*gemm_f32)(const float* w, std::size_t in, RowRange rows, const FloatRows& x,
                   const OutputRows& y);
  void (*gemm_bf16)(const std::uint16_t* w, std::size_t in, RowRange rows, const FloatRows& x,
                    const OutputRows& y);
  void (*gemm_int8)(const Int8Rows& w, RowRange rows, const QuantizedRows& x, const OutputRows& y);
  /// `scratch` holds sparse_scratch_bytes(in), 64-byte aligned.
  void (*gemm_sparse_int8)(const SparseInt8Rows& w, RowRange rows, const QuantizedRows& x,
                           const OutputRows& y, std::int8_t* scratch);
  /// Some rows as dense codes, ceil(in/64)·64 bytes apart, zero past `in`.
  void (*expand_sparse_int8)(const SparseInt8Rows& w, RowRange rows, std::int8_t* out);

  /// One token's activations for the 4-bit storages: from `codes` as `quantize` makes them to
  /// `grouped` `[groups·group]` and `bias` `[blocks·16]`, see GroupedRows. `codes` has at least
  /// groups·group bytes.
  void (*group_codes)(const std::uint8_t* codes, std::size_t groups, std::size_t group,
                      std::int8_t* grouped, std::int32_t* bias);
  /// The sum of products of each lane is exact in a block; the blocks are added in order in float,
  /// lane by lane, and the lanes in one fixed tree. Dense and sparse give the same bits.
  void (*gemm_int4)(const Int4Rows& w, RowRange rows, const GroupedRows& x, const OutputRows& y);
  void (*gemm_sparse_int4)(const SparseInt4Rows& w, RowRange rows, const GroupedRows& x,
                           const OutputRows& y);
  /// Some rows as the codes of Int4Rows, `padded` / 2 bytes each.
  void (*expand_sparse_int4)(const SparseInt4Rows& w, RowRange rows, std::uint8_t* out);
  /// Whether a product with sparse 4-bit weights waits for memory rather than for their expansion.
  bool expands_int4_in_time;
};

/// The kernels of active_isa().
const KernelTable& kernels();
/// The kernels of `isa`; null where this build or this processor lacks them. Ignores the cap.
const KernelTable* kernels_of(Isa isa);

}  // namespace sancho::engine

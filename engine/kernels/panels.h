#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/kernels/dispatch.h"

namespace sancho::engine {

// Integer products with many tokens. Tokens lie side by side in vector registers and weights are
// broadcast four columns at a time, so that weights need no other order than the one they are
// stored in and no sum runs across a register. Bits are those of the products in dispatch.h.

/// Tokens of a panel.
inline constexpr std::size_t kPanelTokens = 16;

/// QuantizedRows in panels of 16 tokens, each `[stride / 4][16 tokens][4 columns]`; scales exist up
/// to the end of the last panel.
struct QuantizedPanels {
  const std::uint8_t* codes = nullptr;
  const float* scales = nullptr;
  std::size_t tokens = 0;
  std::size_t stride = 0;
};

/// `count` rows of W in dense int8 codes, `stride` bytes apart. Rows can be read, and hold zeros,
/// from `in` to the next multiple of 4. One scale and one Σ w per row.
struct CodeRows {
  const std::int8_t* values = nullptr;
  std::size_t stride = 0;
  std::size_t count = 0;
  std::size_t in = 0;
  const float* scales = nullptr;
  const std::int32_t* sums = nullptr;
};

/// GroupedRows in panels of 16 tokens. The lanes of int4_layout.h are taken apart: a panel is
/// `[16 lanes][padded / 64][16 tokens][4 columns]` and its bias `[16 lanes][blocks][16 tokens]`,
/// with the lanes in the order 0, 8, 1, 9, …, 7, 15 in which a sum over lanes pairs them.
struct GroupedPanels {
  const std::int8_t* codes = nullptr;
  const std::int32_t* bias = nullptr;
  const float* scales = nullptr;
  std::size_t tokens = 0;
  std::size_t padded = 0;
  std::size_t blocks = 0;
};

/// Bytes of scratch, 64-byte aligned, that the 4-bit products need.
constexpr std::size_t int4_panel_scratch_bytes(std::size_t padded) {
  // Eight rows of codes and, at four bytes for 32 columns or more, of scales.
  return 8 * (padded + 64) + padded;
}

struct PanelKernels {
  /// Sixteen rows of codes as one panel.
  void (*pack)(const std::uint8_t* rows, std::size_t stride, std::uint8_t* panel);
  /// y[t, r] = Σ w[r, i]·x[t, i]; y starts at the column of w's first row.
  void (*gemm)(const CodeRows& w, const QuantizedPanels& x, const OutputRows& y);
  // The same for 4-bit weights; null where the set has none.
  /// The first sixteen tokens of `x` as one panel.
  void (*pack_grouped)(const GroupedRows& x, std::int8_t* panel, std::int32_t* bias);
  void (*gemm_int4)(const Int4Rows& w, RowRange rows, const GroupedPanels& x, const OutputRows& y,
                    std::uint8_t* scratch);
  void (*gemm_sparse_int4)(const SparseInt4Rows& w, RowRange rows, const GroupedPanels& x,
                           const OutputRows& y, std::uint8_t* scratch);
};

/// The kernels of active_isa(); null where that set has none.
const PanelKernels* panel_kernels();

extern const PanelKernels kNeonPanels;
extern const PanelKernels kDotprodPanels;
extern const PanelKernels kAvx2Panels;
extern const PanelKernels kAvxVnniPanels;
extern const PanelKernels kAvx512Panels;

}  // namespace sancho::engine

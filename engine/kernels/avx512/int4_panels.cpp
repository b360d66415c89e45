#include "engine/kernels/avx512/int4_panels.h"

#include <immintrin.h>

#include "engine/kernels/avx512/nibbles.h"
#include "engine/kernels/avx512/panel_registers.h"
#include "engine/kernels/int4_layout.h"

namespace sancho::engine {
namespace {

constexpr std::size_t kRows = 8;

/// Eight rows of weights with a code of 0..15 in each byte, `stride` bytes apart, and their scales
/// `[8, groups]`. Rows that do not exist hold anything.
struct ExpandedRows {
  const std::uint8_t* codes;
  std::size_t stride;
  const float* scales;
  std::size_t groups, group;
};

/// The lane that comes in this place of a panel, and the place of a lane.
constexpr std::size_t lane_at(std::size_t place) {
  return place / 2 + place % 2 * 8;
}
constexpr std::size_t place_of(std::size_t lane) {
  return lane % 8 * 2 + lane / 8;
}

/// Eight rows times V panels. One lane after the other, so that a sum over its columns stands in
/// one register per row and vector of tokens; lanes are added in the tree of the one-token kernel.
template <std::size_t V>
struct Tile {
  /// A float for every row and token, in memory: registers hold the integer sums.
  using Floats = float[V][kRows][16];

  const ExpandedRows& w;
  const GroupedPanels& x;
  std::size_t panel;

  __attribute__((always_inline)) void add_lane(std::size_t place, Floats& acc) const {
    const std::size_t lane = lane_at(place), chunks = x.padded / 64;
    const std::uint8_t* weights = w.codes + lane * 4;
    const std::int8_t* codes = x.codes + panel * kPanelTokens * x.padded + place * chunks * 64;
    const std::int32_t* bias = x.bias + (panel * kInt4Lanes + place) * x.blocks * kPanelTokens;
    const std::size_t panel_codes = kPanelTokens * x.padded;
    const std::size_t panel_bias = kInt4Lanes * x.blocks * kPanelTokens;
    for (std::size_t g = 0; g < w.groups; bias += kPanelTokens) {
      const Int4Block block = int4_block(g, w.groups);
      __m512i sums[V][kRows];
      for (std::size_t v = 0; v < V; ++v)
        for (__m512i& s : sums[v]) s = _mm512_loadu_si512(bias + v * panel_bias);
      for (std::size_t c = 0; c < block.groups * w.group / 64; ++c, weights += 64, codes += 64) {
        __m512i activations[V];
        for (std::size_t v = 0; v < V; ++v)
          activations[v] = _mm512_loadu_si512(codes + v * panel_codes);
        for (std::size_t r = 0; r < kRows; ++r) {
          const __m512i weight = broadcast_quad(weights + r * w.stride);
          for (std::size_t v = 0; v < V; ++v)
            sums[v][r] = add_products(sums[v][r], weight, activations[v]);
        }
      }
      const float* scale = w.scales + g + lane / (kInt4Lanes / block.groups);
      for (std::size_t r = 0; r < kRows; ++r)
        for (std::size_t v = 0; v < V; ++v) {
          const __m512 before = g == 0 ? _mm512_setzero_ps() : _mm512_load_ps(acc[v][r]);
          _mm512_store_ps(acc[v][r], _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[v][r]),
                                                     _mm512_set1_ps(scale[r * w.groups]), before));
        }
      g += block.groups;
    }
  }

  static void add(Floats& to, const Floats& from) {
    for (std::size_t v = 0; v < V; ++v)
      for (std::size_t r = 0; r < kRows; ++r)
        _mm512_store_ps(to[v][r],
                        _mm512_add_ps(_mm512_load_ps(to[v][r]), _mm512_load_ps(from[v][r])));
  }

  void run(const OutputRows& y, std::size_t rows) const {
    // pending[k]: a sum over 2ᵏ places that waits for its sister.
    alignas(64) Floats pending[5];
    for (std::size_t place = 0; place < kInt4Lanes; ++place) {
      std::size_t level = 0;
      while (place >> level & 1) ++level;
      // The odd places before this one have filled pending[0] to pending[level − 1].
      add_lane(place, pending[level]);
      for (std::size_t k = 0; k < level; ++k) add(pending[level], pending[k]);
    }
    for (std::size_t v = 0; v < V; ++v) {
      const std::size_t token = (panel + v) * kPanelTokens, left = x.tokens - token;
      const __m512 scales = _mm512_loadu_ps(x.scales + token);
      __m512 values[kRows];
      for (std::size_t r = 0; r < kRows; ++r)
        values[r] = _mm512_mul_ps(_mm512_load_ps(pending[4][v][r]), scales);
      store_columns(values, y.data + token * y.stride, y.stride,
                    left < kPanelTokens ? left : kPanelTokens, rows);
    }
  }
};

/// Calls `expand(row, codes)` for eight rows at a time and multiplies them with all panels.
template <class Expand>
void gemm(Expand expand, const std::uint16_t* half_scales, std::size_t groups, std::size_t group,
          RowRange rows, const GroupedPanels& x, const OutputRows& y, std::uint8_t* scratch) {
  const std::size_t stride = x.padded + 64;
  auto* const scales = reinterpret_cast<float*>(scratch + kRows * stride);
  const ExpandedRows w{scratch, stride, scales, groups, group};
  const std::size_t panels = (x.tokens + kPanelTokens - 1) / kPanelTokens;
  for (std::size_t row = rows.begin; row < rows.end; row += kRows) {
    const std::size_t count = rows.end - row < kRows ? rows.end - row : kRows;
    for (std::size_t r = 0; r < count; ++r) expand(row + r, scratch + r * stride);
    for (std::size_t i = 0; i < count * groups; ++i)
      scales[i] = _cvtsh_ss(half_scales[row * groups + i]);
    const OutputRows out{y.data + row, y.stride};
    std::size_t panel = 0;
    for (; panel + 3 <= panels; panel += 3) Tile<3>{w, x, panel}.run(out, count);
    if (panel + 2 <= panels) Tile<2>{w, x, panel}.run(out, count), panel += 2;
    if (panel < panels) Tile<1>{w, x, panel}.run(out, count);
  }
}

void store(const Nibbles::Pair& pair, std::uint8_t* out) {
  _mm512_storeu_si512(out, pair.low);
  // Low nibbles are zero, so that none crosses into its neighbour.
  _mm512_storeu_si512(out + 64, _mm512_srli_epi16(pair.high, 4));
}

template <bool Careful>
void expand_row(const std::uint8_t* mask, const std::uint8_t* codes, std::size_t padded,
                std::uint8_t* out) {
  for (std::size_t i = 0; i < padded; i += kInt4Pair, mask += 16)
    store(Nibbles::expand<Careful>(mask, codes), out + i);
}

}  // namespace

void pack_grouped_avx512(const GroupedRows& x, std::int8_t* panel, std::int32_t* bias) {
  const std::size_t chunks = x.padded / 64;
  for (std::size_t c = 0; c < chunks; ++c)
    transpose16(x.codes + c * 64, x.padded, [&](std::size_t lane, __m512i quads) {
      _mm512_storeu_si512(panel + (place_of(lane) * chunks + c) * 64, quads);
    });
  for (std::size_t b = 0; b < x.blocks; ++b)
    transpose16(x.bias + b * kInt4Lanes, x.blocks * kInt4Lanes * 4,
                [&](std::size_t lane, __m512i sums) {
                  _mm512_storeu_si512(bias + (place_of(lane) * x.blocks + b) * kPanelTokens, sums);
                });
}

void gemm_int4_avx512(const Int4Rows& w, RowRange rows, const GroupedPanels& x, const OutputRows& y,
                      std::uint8_t* scratch) {
  const auto expand = [&](std::size_t row, std::uint8_t* out) {
    const std::uint8_t* codes = w.codes + row * (x.padded / 2);
    for (std::size_t i = 0; i < x.padded; i += kInt4Pair, codes += 64)
      store(Nibbles::load(codes), out + i);
  };
  gemm(expand, w.scales, w.groups, w.group, rows, x, y, scratch);
}

void gemm_sparse_int4_avx512(const SparseInt4Rows& w, RowRange rows, const GroupedPanels& x,
                             const OutputRows& y, std::uint8_t* scratch) {
  const auto expand = [&](std::size_t row, std::uint8_t* out) {
    const std::uint8_t* mask = w.bitmask + row * (x.padded / 8);
    const std::uint8_t* codes = w.codes + w.offsets[row];
    // Whole 64-byte loads of codes may run past a row, but not past the array.
    const bool careful =
        row + 1 >= rows.end || static_cast<std::size_t>(w.offsets[row + 1]) + 64 > w.size;
    careful ? expand_row<true>(mask, codes, x.padded, out)
            : expand_row<false>(mask, codes, x.padded, out);
  };
  gemm(expand, w.scales, w.groups, w.group, rows, x, y, scratch);
}

}  // namespace sancho::engine

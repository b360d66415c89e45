#pragma once

#include "engine/kernels/dispatch.h"
#include "engine/kernels/int4_layout.h"

// Products with 4-bit weights over an instruction set's `Nibbles`: a pair of chunks in registers,
// the multiply-accumulate of that set and sixteen float lanes. See float_kernels.h for why they are
// templates.

namespace sancho::engine {

template <class N>
struct Int4Kernels {
  using Sums = typename N::Sums;      // of one row and one token over one block
  using Floats = typename N::Floats;  // sixteen lanes
  using Pair = typename N::Pair;      // two chunks of 64 weights, as codes of 0..15

  static void group_codes(const std::uint8_t* codes, std::size_t groups, std::size_t group,
                          std::int8_t* grouped, std::int32_t* bias) {
    for (std::size_t g = 0; g < groups;) {
      const Int4Block block = int4_block(g, groups);
      const std::size_t chunks = block.groups * group / 64;
      for (std::size_t c = 0; c < chunks; ++c)
        for (std::size_t lane = 0; lane < kInt4Lanes; ++lane) {
          std::uint32_t quad;
          __builtin_memcpy(&quad, codes + int4_column(block, group, c, lane), sizeof quad);
          quad ^= 0x80808080u;
          __builtin_memcpy(grouped + c * 64 + lane * 4, &quad, sizeof quad);
        }
      N::bias(grouped, chunks, bias);
      grouped += chunks * 64;
      bias += kInt4Lanes;
      g += block.groups;
    }
  }

  static void gemm(const Int4Rows& w, RowRange rows, const GroupedRows& x, const OutputRows& y) {
    for_tokens(x, y, [&](auto tokens, const GroupedRows& part, const OutputRows& out) {
      DenseRow row{w.codes + rows.begin * (part.padded / 2)};
      for_rows(rows, [&](auto count, std::size_t r) {
        row = tile<count.value, tokens.value>(row, w.scales + r * w.groups, w.groups, w.group, part,
                                              {out.data + r, out.stride});
      });
    });
  }

  static void gemm_sparse(const SparseInt4Rows& w, RowRange rows, const GroupedRows& x,
                          const OutputRows& y) {
    if (x.tokens > N::tile_tokens && 4 * x.padded <= kExpandedBytes)
      return gemm_expanded(w, rows, x, y);
    for_tokens(x, y, [&](auto tokens, const GroupedRows& part, const OutputRows& out) {
      const std::uint8_t* mask = w.bitmask + rows.begin * (part.padded / 8);
      for_rows(rows, [&](auto count, std::size_t r) {
        // Loads of codes may reach past these rows, but not past the array.
        const std::size_t next = r + count.value;
        const bool careful =
            next >= rows.end || w.offsets[next] + N::reach > static_cast<std::int64_t>(w.size);
        const auto run = [&](auto row) {
          mask = tile<count.value, tokens.value>(row, w.scales + r * w.groups, w.groups, w.group,
                                                 part, {out.data + r, out.stride})
                     .mask;
        };
        const std::uint8_t* codes = w.codes + w.offsets[r];
        careful ? run(SparseRow<true>{mask, codes}) : run(SparseRow<false>{mask, codes});
      });
    });
  }

  static void expand(const SparseInt4Rows& w, RowRange rows, std::uint8_t* out) {
    const std::size_t pairs = w.groups * w.group / kInt4Pair;
    const std::uint8_t* mask = w.bitmask + rows.begin * pairs * 16;
    const std::uint8_t* const end = w.codes + w.size;
    for (std::size_t r = rows.begin; r < rows.end; ++r) {
      const std::uint8_t* codes = w.codes + w.offsets[r];
      for (std::size_t p = 0; p < pairs; ++p, mask += 16, out += 64)
        N::store(end - codes < N::reach ? N::template expand<true>(mask, codes)
                                        : N::template expand<false>(mask, codes),
                 out);
    }
  }

 private:
  template <std::size_t V>
  struct Count {
    static constexpr std::size_t value = V;
  };

  // Where the next pair of chunks comes from. Rows follow on each other without gaps, and the
  // processor's own prefetching keeps up with dense ones better than any that is asked for.
  struct DenseRow {
    const std::uint8_t* codes;

    __attribute__((always_inline)) Pair next() {
      const Pair pair = N::load(codes);
      codes += 64;
      return pair;
    }
  };
  /// Asks for codes some way ahead of their use, since they come at uneven steps. Masks go at a
  /// third to a half of the pace of codes.
  template <bool Careful>
  struct SparseRow {
    static constexpr std::size_t kAhead = 2048;
    const std::uint8_t* mask;
    const std::uint8_t* codes;

    __attribute__((always_inline)) Pair next() {
      __builtin_prefetch(codes + kAhead);
      __builtin_prefetch(mask + kAhead / 2);
      const Pair pair = N::template expand<Careful>(mask, codes);
      mask += 16;
      return pair;
    }
  };

  /// Rows that are expanded already.
  struct ExpandedRow {
    const Pair* pairs;

    __attribute__((always_inline)) Pair next() { return *pairs++; }
  };
  /// Room for four expanded rows.
  static constexpr std::size_t kExpandedBytes = 65536;

  /// Expands a few rows at a time and multiplies them with all tokens.
  static void gemm_expanded(const SparseInt4Rows& w, RowRange rows, const GroupedRows& x,
                            const OutputRows& y) {
    Pair pairs[kExpandedBytes / kInt4Pair];
    const std::size_t pairs_per_row = x.padded / kInt4Pair;
    for_rows(rows, [&](auto count, std::size_t r) {
      const std::uint8_t* mask = w.bitmask + r * (x.padded / 8);
      const std::uint8_t* codes = w.codes + w.offsets[r];
      const std::size_t next = r + count.value;
      const bool careful =
          next >= rows.end || static_cast<std::size_t>(w.offsets[next]) + 64 > w.size;
      for (std::size_t p = 0; p < count.value * pairs_per_row; ++p, mask += 16)
        pairs[p] = careful ? N::template expand<true>(mask, codes)
                           : N::template expand<false>(mask, codes);
      for_tokens(x, y, [&](auto tokens, const GroupedRows& part, const OutputRows& out) {
        ExpandedRow row{pairs};
        tile<count.value, tokens.value>(row, w.scales + r * w.groups, w.groups, w.group, part,
                                        {out.data + r, out.stride});
      });
    });
  }

  template <class Body>
  static void for_tokens(const GroupedRows& x, const OutputRows& y, Body body) {
    const auto run = [&](auto tokens, std::size_t t) {
      body(tokens,
           GroupedRows{x.codes + t * x.padded, x.bias + t * x.blocks * kInt4Lanes, x.scales + t,
                       tokens.value, x.padded, x.blocks},
           OutputRows{y.data + t * y.stride, y.stride});
    };
    std::size_t t = 0;
    for (; t + N::tile_tokens <= x.tokens; t += N::tile_tokens) run(Count<N::tile_tokens>(), t);
    if constexpr (N::tile_tokens > 4)
      for (; t + 4 <= x.tokens; t += 4) run(Count<4>(), t);
    if constexpr (N::tile_tokens > 2)
      for (; t + 2 <= x.tokens; t += 2) run(Count<2>(), t);
    for (; t < x.tokens; ++t) run(Count<1>(), t);
  }

  template <class Body>
  static void for_rows(RowRange rows, Body body) {
    std::size_t r = rows.begin;
    for (; r + 4 <= rows.end; r += 4) body(Count<4>(), r);
    for (; r < rows.end; ++r) body(Count<1>(), r);
  }

  /// One row times one token: what decoding does all the time. Apart from `tile`, so that its loop
  /// keeps everything in registers.
  template <class Row>
  __attribute__((noinline)) static Floats row_times_token(Row& row, const std::uint16_t* scales,
                                                          std::size_t groups, std::size_t group,
                                                          const std::int8_t* codes,
                                                          const std::int32_t* bias) {
    Row at = row;
    Floats acc = N::zero();
    for (std::size_t g = 0; g < groups; bias += kInt4Lanes) {
      const Int4Block block = int4_block(g, groups);
      Sums sums = N::begin(bias);
      for (std::size_t left = block.groups * group / kInt4Pair; left != 0;) {
        const std::size_t run = left < N::settle_pairs ? left : N::settle_pairs;
        left -= run;
        const std::int8_t* const end = codes + run * kInt4Pair;
        for (; codes != end; codes += kInt4Pair) N::multiply_add(sums, at.next(), codes);
        N::settle(sums);
      }
      acc = N::scale_add(sums, N::spread(scales + g, block.groups), acc);
      g += block.groups;
    }
    row = at;
    return acc;
  }

  /// R rows, one after the other, times T tokens. Returns where the next row begins.
  template <std::size_t R, std::size_t T, class Row>
  static Row tile(Row row, const std::uint16_t* scales, std::size_t groups, std::size_t group,
                  const GroupedRows& x, const OutputRows& y) {
    Floats done[T][R];
    for (std::size_t r = 0; r < R; ++r) {
      if constexpr (T == 1) {
        done[0][r] = row_times_token(row, scales, groups, group, x.codes, x.bias);
        scales += groups;
        continue;
      }
      Floats acc[T];
      for (Floats& a : acc) a = N::zero();
      const std::int8_t* codes = x.codes;
      const std::int32_t* bias = x.bias;
      for (std::size_t g = 0; g < groups; bias += kInt4Lanes) {
        const Int4Block block = int4_block(g, groups);
        Sums sums[T];
        for (std::size_t t = 0; t < T; ++t) sums[t] = N::begin(bias + t * x.blocks * kInt4Lanes);
        for (std::size_t left = block.groups * group / kInt4Pair; left != 0;) {
          const std::size_t run = left < N::settle_pairs ? left : N::settle_pairs;
          left -= run;
          for (std::size_t p = 0; p < run; ++p, codes += kInt4Pair) {
            const Pair pair = row.next();
            for (std::size_t t = 0; t < T; ++t)
              N::multiply_add(sums[t], pair, codes + t * x.padded);
          }
          for (Sums& s : sums) N::settle(s);
        }
        const Floats scale = N::spread(scales + g, block.groups);
        for (std::size_t t = 0; t < T; ++t) acc[t] = N::scale_add(sums[t], scale, acc[t]);
        g += block.groups;
      }
      for (std::size_t t = 0; t < T; ++t) done[t][r] = acc[t];
      scales += groups;
    }
    for (std::size_t t = 0; t < T; ++t)
      if constexpr (R == 4)
        N::finish4(done[t], x.scales[t], y.data + t * y.stride);
      else
        y.data[t * y.stride] = N::sum(done[t][0]) * x.scales[t];
    return row;
  }
};

}  // namespace sancho::engine

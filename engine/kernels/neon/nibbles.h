#pragma once

#include "engine/kernels/int4_layout.h"
#include "engine/kernels/neon/bytes.h"
#include "engine/kernels/neon/lanes.h"

namespace sancho::engine {
namespace {

/// 4-bit weights in NEON, see Int4Kernels.
struct Nibbles {
  struct Pair {
    int8x16_t low[4], high[4];
  };
  struct Sums {
    int32x4_t lanes[4];
  };
  struct Floats {
    float32x4_t quarter[4];
  };
  static constexpr std::size_t tile_tokens = 2;
  /// Bytes that an expansion which is not careful may read.
  static constexpr std::ptrdiff_t reach = sizeof(LastBytes);
  static constexpr std::size_t settle_pairs = 64;

  static Floats zero() {
    const float32x4_t zero = vdupq_n_f32(0);
    return {{zero, zero, zero, zero}};
  }
  static Sums begin(const std::int32_t* bias) {
    return {{vld1q_s32(bias), vld1q_s32(bias + 4), vld1q_s32(bias + 8), vld1q_s32(bias + 12)}};
  }
  static void settle(Sums&) {}

  static Pair load(const std::uint8_t* codes) {
    Pair pair;
    for (std::size_t i = 0; i < 4; ++i) {
      const uint8x16_t both = vld1q_u8(codes + 16 * i);
      pair.low[i] = low(both);
      pair.high[i] = high(both);
    }
    return pair;
  }

  /// The next pair of a sparse row; weights that are not stored become the code of zero.
  template <bool Careful>
  static Pair expand(const std::uint8_t* mask, const std::uint8_t*& codes) {
    if constexpr (Careful) {
      const auto count = [](const std::uint8_t* bits) { return vaddv_u8(vcnt_u8(vld1_u8(bits))); };
      const std::size_t first = count(mask), second = count(mask + 8);
      const std::size_t stored = first > second ? first : second;
      const LastBytes last(codes, stored);
      codes += stored;
      const std::uint8_t* copy = last.bytes;
      return expand<false>(mask, copy);
    }
    constexpr std::uint8_t zeros = 0x88;
    const std::uint8_t* ends[2] = {codes, codes};
    const Chunk first = expand64(mask, ends[0], zeros), second = expand64(mask + 8, ends[1], zeros);
    codes = ends[0] > ends[1] ? ends[0] : ends[1];
    Pair pair;
    for (std::size_t i = 0; i < 4; ++i) {
      pair.low[i] = low(first.bytes[i]);
      pair.high[i] = high(second.bytes[i]);
    }
    return pair;
  }

  static void store(const Pair& pair, std::uint8_t* out) {
    for (std::size_t i = 0; i < 4; ++i)
      vst1q_u8(out + 16 * i,
               vsliq_n_u8(vreinterpretq_u8_s8(pair.low[i]), vreinterpretq_u8_s8(pair.high[i]), 4));
  }

  static void multiply_add(Sums& s, const Pair& w, const std::int8_t* x) {
    for (std::size_t i = 0; i < 4; ++i) {
      s.lanes[i] = multiply_add4(s.lanes[i], w.low[i], vld1q_s8(x + 16 * i));
      s.lanes[i] = multiply_add4(s.lanes[i], w.high[i], vld1q_s8(x + 64 + 16 * i));
    }
  }

  /// The scales of a block's groups, each in all lanes of its group.
  static Floats spread(const std::uint16_t* scales, std::size_t groups) {
    std::uint16_t lanes[kInt4Lanes];
    const std::size_t each = kInt4Lanes / groups;
    for (std::size_t lane = 0; lane < kInt4Lanes; ++lane) lanes[lane] = scales[lane / each];
    Floats spread;
    for (std::size_t i = 0; i < 4; ++i)
      spread.quarter[i] = vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(lanes + 4 * i)));
    return spread;
  }

  static Floats scale_add(const Sums& s, const Floats& scale, const Floats& acc) {
    Floats sum;
    for (std::size_t i = 0; i < 4; ++i)
      sum.quarter[i] = vfmaq_f32(acc.quarter[i], vcvtq_f32_s32(s.lanes[i]), scale.quarter[i]);
    return sum;
  }

  static float sum(const Floats& v) {
    const float32x2_t halves = vpadd_f32(vget_low_f32(fold(v)), vget_high_f32(fold(v)));
    return vget_lane_f32(halves, 0) + vget_lane_f32(halves, 1);
  }
  static void finish4(const Floats (&v)[4], float x_scale, float* y) {
    const float32x4_t sums = Lanes::sum4(fold(v[0]), fold(v[1]), fold(v[2]), fold(v[3]));
    vst1q_f32(y, vmulq_n_f32(sums, x_scale));
  }

  /// −8·Σ of each lane's codes over the chunks of a block.
  static void bias(const std::int8_t* x, std::size_t chunks, std::int32_t* out) {
    for (std::size_t i = 0; i < 4; ++i) {
      int32x4_t sums = vdupq_n_s32(0);
      for (std::size_t c = 0; c < chunks; ++c)
        sums = multiply_add4(sums, vld1q_s8(x + c * 64 + 16 * i), vdupq_n_s8(-8));
      vst1q_s32(out + 4 * i, sums);
    }
  }

 private:
  static int8x16_t low(uint8x16_t both) {
    return vreinterpretq_s8_u8(vandq_u8(both, vdupq_n_u8(15)));
  }
  static int8x16_t high(uint8x16_t both) { return vreinterpretq_s8_u8(vshrq_n_u8(both, 4)); }
  /// Sums of neighbours among the eight sums of lanes i and i + 8: the order of every set.
  static float32x4_t fold(const Floats& v) {
    return vpaddq_f32(vaddq_f32(v.quarter[0], v.quarter[2]), vaddq_f32(v.quarter[1], v.quarter[3]));
  }
};

}  // namespace
}  // namespace sancho::engine

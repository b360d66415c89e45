#pragma once

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

// Internal linkage, as in every file that holds instructions of one set alone.

namespace sancho::engine {
namespace {

/// sums + the products of four neighbouring bytes in each lane. With a code of −128 in at most one
/// operand, two products fit 16 bits.
inline int32x4_t multiply_add4(int32x4_t sums, int8x16_t a, int8x16_t b) {
#ifdef __ARM_FEATURE_DOTPROD
  return vdotq_s32(sums, a, b);
#else
  const int16x8_t low = vmull_s8(vget_low_s8(a), vget_low_s8(b)), high = vmull_high_s8(a, b);
  return vpadalq_s16(sums, vpaddq_s16(low, high));
#endif
}

struct ShuffleTable {
  alignas(64) std::uint8_t rows[256][8];
};

/// For each mask of eight columns, which packed byte each column takes; 255 keeps what is there.
constexpr ShuffleTable make_shuffles() {
  ShuffleTable table{};
  for (unsigned mask = 0; mask < 256; ++mask) {
    unsigned next = 0;
    for (unsigned bit = 0; bit < 8; ++bit)
      table.rows[mask][bit] = static_cast<std::uint8_t>((mask >> bit) & 1u ? next++ : 255u);
  }
  return table;
}
constexpr ShuffleTable kShuffles = make_shuffles();

struct Chunk {
  uint8x16_t bytes[4];
};

/// Expands the 64 columns of 8 bytes of mask, `fill` where nothing is stored, and moves `packed`
/// behind what they take. Reads up to 64 bytes, but at most 8 more than that. Where each byte of
/// the mask begins comes from one multiplication, which adds up the bits of those before it.
inline Chunk expand64(const std::uint8_t* mask, const std::uint8_t*& packed, std::uint8_t fill) {
  const std::uint64_t counts = vget_lane_u64(vreinterpret_u64_u8(vcnt_u8(vld1_u8(mask))), 0);
  const std::uint64_t ends = counts * 0x0101010101010101u;
  std::uint64_t begins = ends << 8;
  const auto next = [&]() __attribute__((always_inline)) {
    const uint8x8_t eight = vtbx1_u8(vdup_n_u8(fill), vld1_u8(packed + (begins & 255)),
                                     vld1_u8(kShuffles.rows[*mask++]));
    begins >>= 8;
    return eight;
  };
  Chunk chunk;
  for (uint8x16_t& bytes : chunk.bytes) {
    const uint8x8_t low = next();
    bytes = vcombine_u8(low, next());
  }
  packed += ends >> 56;
  return chunk;
}

/// As many bytes as `expand64` may read, copied from `count` that exist.
struct LastBytes {
  std::uint8_t bytes[72];

  LastBytes(const void* from, std::size_t count) {
    for (std::size_t i = 0; i < sizeof bytes; ++i)
      bytes[i] = i < count ? static_cast<const std::uint8_t*>(from)[i] : std::uint8_t{0};
  }
};

}  // namespace
}  // namespace sancho::engine

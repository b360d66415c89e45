#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

// Internal linkage, as in every file that holds wide instructions: nothing compiled for this set
// may be linked into code for another.

namespace sancho::engine {
namespace {

struct ShuffleTable {
  alignas(64) std::uint8_t rows[256][8];
};

/// For each mask of eight columns, which packed code each column takes, counted from `first`; a set
/// top bit gives zero.
constexpr ShuffleTable make_shuffles(unsigned first) {
  ShuffleTable table{};
  for (unsigned mask = 0; mask < 256; ++mask) {
    unsigned next = first;
    for (unsigned bit = 0; bit < 8; ++bit)
      table.rows[mask][bit] = static_cast<std::uint8_t>((mask >> bit) & 1u ? next++ : 0x80u);
  }
  return table;
}
constexpr ShuffleTable kLowShuffles = make_shuffles(0), kHighShuffles = make_shuffles(8);

inline __m128i load_halves(const void* low, const void* high) {
  const __m128i half = _mm_loadl_epi64(static_cast<const __m128i*>(low));
  return _mm_castps_si128(_mm_loadh_pi(_mm_castsi128_ps(half), static_cast<const __m64*>(high)));
}

/// 64 columns of packed bytes, zero where nothing is stored, and the shuffles that made them.
struct Expanded {
  __m256i bytes[2], shuffles[2];
};

/// Expands the 64 columns of 8 bytes of mask, and moves `packed` behind what they take. Reads up to
/// 64 bytes, but at most 7 more than that. Each step needs only the last one's count of bits, and
/// so little else that nothing leaves the registers.
inline Expanded expand64(const std::uint8_t* mask, const std::uint8_t*& packed) {
  Expanded out;
  for (unsigned i = 0; i < 2; ++i) {
    __m128i parts[2], shuffles[2];
    for (unsigned j = 0; j < 2; ++j, mask += 2) {
      const std::uint64_t low = mask[0], high = mask[1];
      const std::uint8_t* middle = packed + _mm_popcnt_u64(low);
      shuffles[j] = load_halves(kLowShuffles.rows[low], kHighShuffles.rows[high]);
      parts[j] = _mm_shuffle_epi8(load_halves(packed, middle), shuffles[j]);
      packed = middle + _mm_popcnt_u64(high);
    }
    out.bytes[i] = _mm256_set_m128i(parts[1], parts[0]);
    out.shuffles[i] = _mm256_set_m128i(shuffles[1], shuffles[0]);
  }
  return out;
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

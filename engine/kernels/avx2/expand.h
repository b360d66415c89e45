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

/// Byte k: how many bits bytes 0..k of `bits` have.
inline std::uint64_t running_counts(std::uint64_t bits) {
  std::uint64_t counts = bits - ((bits >> 1) & 0x5555555555555555u);
  counts = (counts & 0x3333333333333333u) + ((counts >> 2) & 0x3333333333333333u);
  counts = (counts + (counts >> 4)) & 0x0f0f0f0f0f0f0f0fu;
  return counts * 0x0101010101010101u;
}

inline __m128i load_halves(const void* low, const void* high) {
  const __m128i half = _mm_loadl_epi64(static_cast<const __m128i*>(low));
  return _mm_castps_si128(_mm_loadh_pi(_mm_castsi128_ps(half), static_cast<const __m64*>(high)));
}

/// 64 columns of packed bytes, zero where nothing is stored, and the shuffles that made them.
struct Expanded {
  __m256i bytes[2], shuffles[2];
};

/// Expands 64 columns: `bits` says which are stored and `ends` is running_counts(bits). Reads up to
/// 64 bytes, but none past `packed` + the number of bits + 7.
inline Expanded expand64(std::uint64_t bits, std::uint64_t ends, const void* packed) {
  const auto* bytes = static_cast<const std::uint8_t*>(packed);
  const std::uint64_t starts = ends << 8;
  const auto byte = [](std::uint64_t word, unsigned k) __attribute__((always_inline)) {
    return static_cast<std::uint8_t>(word >> (8 * k));
  };
  Expanded out;
  for (unsigned i = 0; i < 2; ++i) {
    __m128i parts[2], shuffles[2];
    for (unsigned j = 0; j < 2; ++j) {
      const unsigned k = 4 * i + 2 * j;
      shuffles[j] =
          load_halves(kLowShuffles.rows[byte(bits, k)], kHighShuffles.rows[byte(bits, k + 1)]);
      parts[j] = _mm_shuffle_epi8(load_halves(bytes + byte(starts, k), bytes + byte(starts, k + 1)),
                                  shuffles[j]);
    }
    out.bytes[i] = _mm256_set_m128i(parts[1], parts[0]);
    out.shuffles[i] = _mm256_set_m128i(shuffles[1], shuffles[0]);
  }
  return out;
}

/// As many bytes as a mask of 64 bits can ask `expand64` to read, copied from `count` that exist.
struct LastBytes {
  std::uint8_t bytes[72];

  LastBytes(const void* from, std::size_t count) {
    for (std::size_t i = 0; i < sizeof bytes; ++i)
      bytes[i] = i < count ? static_cast<const std::uint8_t*>(from)[i] : std::uint8_t{0};
  }
};

}  // namespace
}  // namespace sancho::engine

#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

// Internal linkage, see lanes.h.

namespace sancho::engine {
namespace {

using MaskWord __attribute__((may_alias, aligned(1))) = std::uint64_t;

/// The first n of 64 bytes, n at most 64.
inline __mmask64 first_bytes(std::size_t n) {
  return _bzhi_u64(~0ull, static_cast<unsigned>(n));
}

inline std::size_t count_bits(const std::uint8_t* mask) {
  return static_cast<std::size_t>(_mm_popcnt_u64(*reinterpret_cast<const MaskWord*>(mask)));
}

/// A mask for 64 bytes, straight from memory: through a general register, as GCC 12 takes it where
/// the bits are also counted, it costs twice as much.
inline __mmask64 load_mask(const std::uint8_t* mask) {
  __mmask64 bits;
  __asm__("kmovq %1, %0" : "=k"(bits) : "m"(*reinterpret_cast<const MaskWord*>(mask)));
  return bits;
}

}  // namespace
}  // namespace sancho::engine

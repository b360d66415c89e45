#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "engine/tensor/dtype.h"

namespace sancho::engine {

/// The largest number of FP8 E4M3 (Micikevicius et al. 2022): 4 bits of exponent, 3 of mantissa, no
/// infinities; the codes 0x7f and 0xff are not numbers.
inline constexpr float kFp8Max = 448;
constexpr bool fp8_is_nan(std::uint8_t code) {
  return (code & 0x7f) == 0x7f;
}

/// x rounded to the nearest number of E4M3, ties to even; beyond the largest, the largest. A NaN
/// stays one.
inline float round_to_fp8(float x) {
  constexpr float smallest_normal = 0x1p-6f, magic = 1.5f * 0x1p14f;  // whose last bit is 2⁻⁹
  const float magnitude = std::abs(x);
  const auto bits = std::bit_cast<std::uint32_t>(magnitude);
  const float normal = std::bit_cast<float>((bits + 0x7ffffu + ((bits >> 20) & 1u)) & 0xfff00000u);
  const float rounded = magnitude < smallest_normal ? (magnitude + magic) - magic : normal;
  const float clamped = rounded > kFp8Max ? kFp8Max : rounded;
  return std::copysign(magnitude <= HUGE_VALF ? clamped : magnitude, x);
}

/// The code of a number of E4M3.
inline std::uint8_t fp8_code(float number) {
  // Times 2⁻⁸, its exponent is that of a half, whose upper bits are then the code.
  const std::uint16_t half = float_to_half(number * 0x1p-8f);
  return static_cast<std::uint8_t>((half >> 8 & 0x80) | (half >> 7 & 0x7f));
}

inline float fp8_to_float(std::uint8_t code) {
  if (fp8_is_nan(code)) return std::nanf("");
  return 0x1p8f *
         half_to_float(static_cast<std::uint16_t>((code & 0x80) << 8 | (code & 0x7f) << 7));
}

}  // namespace sancho::engine

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sancho::engine {

/// Element types a safetensors file can hold, by their safetensors names.
enum class DType : std::uint8_t { f64, f32, f16, bf16, i64, i32, i16, i8, u8, boolean, f8_e4m3 };

/// Bytes of one element.
std::size_t dtype_size(DType type);
/// "F32", "BF16", …
std::string_view dtype_name(DType type);
/// The type of a safetensors name; empty where the name is unknown.
std::optional<DType> dtype_from_name(std::string_view name);

/// Brain floating point: the upper half of a float, rounded to nearest even.
struct bf16 {
  std::uint16_t bits = 0;

  bf16() = default;
  explicit bf16(float value) {
    const auto u = std::bit_cast<std::uint32_t>(value);
    bits = (u & 0x7fffffffu) > 0x7f800000u
               ? static_cast<std::uint16_t>((u >> 16) | 0x40u)
               : static_cast<std::uint16_t>((u + 0x7fffu + ((u >> 16) & 1u)) >> 16);
  }
  explicit operator float() const {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
  }
};

/// IEEE half precision to float, exactly.
float half_to_float(std::uint16_t bits);
/// Float to IEEE half precision, rounded to nearest even.
std::uint16_t float_to_half(float value);

}  // namespace sancho::engine

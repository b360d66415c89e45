#include "engine/tensor/dtype.h"

#include <array>

namespace sancho::engine {
namespace {

struct Entry {
  DType type;
  std::string_view name;
  std::size_t size;
};

constexpr std::array kTypes = {
    Entry{DType::f64, "F64", 8},         Entry{DType::f32, "F32", 4},
    Entry{DType::f16, "F16", 2},         Entry{DType::bf16, "BF16", 2},
    Entry{DType::i64, "I64", 8},         Entry{DType::i32, "I32", 4},
    Entry{DType::i16, "I16", 2},         Entry{DType::i8, "I8", 1},
    Entry{DType::u8, "U8", 1},           Entry{DType::boolean, "BOOL", 1},
    Entry{DType::f8_e4m3, "F8_E4M3", 1},
};

const Entry& entry(DType type) {
  return kTypes[static_cast<std::size_t>(type)];
}

}  // namespace

std::size_t dtype_size(DType type) {
  return entry(type).size;
}

std::string_view dtype_name(DType type) {
  return entry(type).name;
}

std::optional<DType> dtype_from_name(std::string_view name) {
  for (const Entry& e : kTypes)
    if (e.name == name) return e.type;
  return std::nullopt;
}

float half_to_float(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1fu;
  const std::uint32_t mantissa = bits & 0x3ffu;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | (mantissa << 13));
  if (exponent != 0)
    return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
  const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
  return sign ? -magnitude : magnitude;
}

std::uint16_t float_to_half(float value) {
  const auto u = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (u >> 16) & 0x8000u;
  const std::uint32_t magnitude = u & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return static_cast<std::uint16_t>(sign | 0x7e00u);
  if (magnitude >= 0x477ff000u) return static_cast<std::uint16_t>(sign | 0x7c00u);
  if (magnitude < 0x38800000u) {
    // Adding 0.5 aligns the subnormal's last bit with the float's; the addition rounds to even.
    const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
    return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(shifted) - 0x3f000000u));
  }
  const std::uint32_t rounded = magnitude - 0x38000000u + 0xfffu + ((magnitude >> 13) & 1u);
  return static_cast<std::uint16_t>(sign | (rounded >> 13));
}

}  // namespace sancho::engine

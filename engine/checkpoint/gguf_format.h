#pragma once

#include <cstdint>
#include <string_view>

namespace sancho::engine::gguf {

inline constexpr std::string_view magic = "GGUF";
inline constexpr std::uint32_t version = 3;
inline constexpr std::size_t default_alignment = 32;
inline constexpr std::string_view alignment_key = "general.alignment";

/// Types of metadata values.
enum ValueType : std::uint32_t {
  u8,
  i8,
  u16,
  i16,
  u32,
  i32,
  f32,
  boolean,
  text,
  array,
  u64,
  i64,
  f64
};

}  // namespace sancho::engine::gguf

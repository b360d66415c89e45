#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sancho::engine {

/// Number formats of GGUF tensors that Sancho reads, under ggml's numbers for them.
enum class GgmlType : std::uint32_t {
  f32 = 0,
  f16 = 1,
  q4_0 = 2,
  q8_0 = 8,
  q4_k = 12,
  q5_k = 13,
  q6_k = 14,
  bf16 = 30
};

/// A row is stored block by block.
struct GgmlLayout {
  std::size_t weights = 1;  // of one block
  std::size_t bytes = 0;    // of one block
};

GgmlLayout ggml_layout(GgmlType type);
/// "Q4_0", …
std::string_view ggml_type_name(GgmlType type);
/// Empty where the number is unknown or of a format that Sancho does not read.
std::optional<GgmlType> ggml_type_from_id(std::uint32_t id);

/// The numbers in whole blocks; `values` has as many elements as they hold.
void decode_ggml(GgmlType type, std::span<const std::byte> blocks, std::span<float> values);

/// Q4_0 blocks as codes in −8..7, one per weight, and scales, one per block.
void split_q4_0(std::span<const std::byte> blocks, std::span<std::int8_t> codes,
                std::span<float> scales);

/// The reverse for f32, f16, q8_0 and q4_0; `values` is a whole number of blocks. Rounds to the
/// nearest code of a scale that is itself rounded to half precision first. Throws
/// std::invalid_argument for another format, std::runtime_error where a value is not finite or a
/// scale is too large for half precision.
void encode_ggml(GgmlType type, std::span<const float> values, std::span<std::byte> blocks);

}  // namespace sancho::engine

#include "engine/checkpoint/ggml_blocks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string>

#include "engine/tensor/dtype.h"

namespace sancho::engine {

namespace {

struct TypeRow {
  GgmlType type;
  std::string_view name;
  GgmlLayout layout;
};

constexpr std::array<TypeRow, 8> types{{
    {GgmlType::f32, "F32", {1, 4}},
    {GgmlType::f16, "F16", {1, 2}},
    {GgmlType::bf16, "BF16", {1, 2}},
    {GgmlType::q4_0, "Q4_0", {32, 18}},
    {GgmlType::q8_0, "Q8_0", {32, 34}},
    {GgmlType::q4_k, "Q4_K", {256, 144}},
    {GgmlType::q5_k, "Q5_K", {256, 176}},
    {GgmlType::q6_k, "Q6_K", {256, 210}},
}};

const TypeRow& row_of(GgmlType type) {
  return *std::ranges::find(types, type, &TypeRow::type);
}

using Byte = std::uint8_t;

float half_at(const Byte* p) {
  std::uint16_t bits = 0;
  std::memcpy(&bits, p, sizeof bits);
  return half_to_float(bits);
}

// The block layouts are those of ggml-common.h. Each function turns one block into its weights.

void decode_f32(const Byte* block, float* out) {
  std::memcpy(out, block, sizeof *out);
}

void decode_f16(const Byte* block, float* out) {
  *out = half_at(block);
}

void decode_bf16(const Byte* block, float* out) {
  bf16 value;
  std::memcpy(&value.bits, block, sizeof value.bits);
  *out = static_cast<float>(value);
}

/// Scale, then 16 bytes: code i in the low half of byte i, code 16 + i in its high half.
int code_of_q4_0(const Byte* block, int i) {
  return (i < 16 ? block[2 + i] & 15 : block[2 + i - 16] >> 4) - 8;
}

void decode_q4_0(const Byte* block, float* out) {
  const float scale = half_at(block);
  for (int i = 0; i < 32; ++i) out[i] = scale * static_cast<float>(code_of_q4_0(block, i));
}

void decode_q8_0(const Byte* block, float* out) {
  const float scale = half_at(block);
  for (int i = 0; i < 32; ++i)
    out[i] = scale * static_cast<float>(static_cast<std::int8_t>(block[2 + i]));
}

/// The eight 6-bit scales and minima of a 4- or 5-bit super-block, packed into 12 bytes.
struct ScaleMin {
  int scale, min;
};
ScaleMin scale_min(const Byte* packed, int group) {
  if (group < 4) return {packed[group] & 63, packed[group + 4] & 63};
  return {(packed[group + 4] & 15) | (packed[group - 4] >> 6 << 4),
          (packed[group + 4] >> 4) | (packed[group] >> 6 << 4)};
}

/// Eight groups of 32; two neighbours share 32 bytes of low nibbles. `high_bits` holds bit 4 of
/// each code, group g in bit g of byte i; null where codes have four bits.
void decode_super_block(const Byte* block, const Byte* high_bits, const Byte* nibbles, float* out) {
  const float scale = half_at(block), min = half_at(block + 2);
  for (int group = 0; group < 8; ++group) {
    const ScaleMin s = scale_min(block + 4, group);
    const float d = scale * static_cast<float>(s.scale), m = min * static_cast<float>(s.min);
    for (int i = 0; i < 32; ++i) {
      const Byte pair = nibbles[group / 2 * 32 + i];
      int code = group % 2 ? pair >> 4 : pair & 15;
      if (high_bits && (high_bits[i] >> group & 1)) code += 16;
      out[group * 32 + i] = d * static_cast<float>(code) - m;
    }
  }
}

void decode_q4_k(const Byte* block, float* out) {
  decode_super_block(block, nullptr, block + 16, out);
}

void decode_q5_k(const Byte* block, float* out) {
  decode_super_block(block, block + 16, block + 48, out);
}

/// 128 bytes of low nibbles, 64 of high bit pairs, 16 scales of 16 weights each, the scale of all.
void decode_q6_k(const Byte* block, float* out) {
  const Byte *low = block, *high = block + 128, *scales = block + 192;
  const float scale = half_at(block + 208);
  for (int i = 0; i < 256; ++i) {
    const int half = i / 128, quarter = i % 128 / 32, lane = i % 32;
    const Byte pair = low[half * 64 + quarter % 2 * 32 + lane];
    const int nibble = quarter < 2 ? pair & 15 : pair >> 4;
    const int bits = high[half * 32 + lane] >> (2 * quarter) & 3;
    const auto group = static_cast<std::int8_t>(scales[i / 16]);
    out[i] = scale * static_cast<float>(group) * static_cast<float>((nibble | bits << 4) - 32);
  }
}

using Decoder = void (*)(const Byte*, float*);

Decoder decoder_of(GgmlType type) {
  switch (type) {
    case GgmlType::f32:
      return decode_f32;
    case GgmlType::f16:
      return decode_f16;
    case GgmlType::bf16:
      return decode_bf16;
    case GgmlType::q4_0:
      return decode_q4_0;
    case GgmlType::q8_0:
      return decode_q8_0;
    case GgmlType::q4_k:
      return decode_q4_k;
    case GgmlType::q5_k:
      return decode_q5_k;
    case GgmlType::q6_k:
      return decode_q6_k;
  }
  throw std::invalid_argument("This is not a number format of GGUF.");
}

/// Writes `scale` in half precision and returns what was written.
float store_half(float scale, Byte* p) {
  const std::uint16_t bits = float_to_half(scale);
  const float stored = half_to_float(bits);
  if (!std::isfinite(stored))
    throw std::runtime_error("A weight is not finite or too large for half precision.");
  std::memcpy(p, &bits, sizeof bits);
  return stored;
}

/// The value of largest magnitude, with its sign; not a number where any of them is none.
float peak(const float* values) {
  float largest = 0;
  for (int i = 0; i < 32; ++i) {
    if (!std::isfinite(values[i])) return values[i];
    if (std::abs(values[i]) > std::abs(largest)) largest = values[i];
  }
  return largest;
}

float reciprocal(float scale) {
  return scale == 0 ? 0 : 1 / scale;
}

void encode_f32(const float* values, Byte* block) {
  std::memcpy(block, values, sizeof *values);
}

void encode_f16(const float* values, Byte* block) {
  store_half(*values, block);
}

void encode_q8_0(const float* values, Byte* block) {
  const float inverse = reciprocal(store_half(std::abs(peak(values)) / 127, block));
  for (int i = 0; i < 32; ++i)
    block[2 + i] = static_cast<Byte>(
        static_cast<std::int8_t>(std::clamp(std::nearbyint(values[i] * inverse), -127.0f, 127.0f)));
}

/// Codes reach from −8 to 7: the largest weight gets the −8.
void encode_q4_0(const float* values, Byte* block) {
  const float inverse = reciprocal(store_half(peak(values) / -8, block));
  const auto code = [&](int i) {
    return static_cast<unsigned>(std::clamp(std::nearbyint(values[i] * inverse) + 8, 0.0f, 15.0f));
  };
  for (int i = 0; i < 16; ++i) block[2 + i] = static_cast<Byte>(code(i) | code(16 + i) << 4);
}

using Encoder = void (*)(const float*, Byte*);

Encoder encoder_of(GgmlType type) {
  switch (type) {
    case GgmlType::f32:
      return encode_f32;
    case GgmlType::f16:
      return encode_f16;
    case GgmlType::q8_0:
      return encode_q8_0;
    case GgmlType::q4_0:
      return encode_q4_0;
    default:
      throw std::invalid_argument("GGUF tensors are not written as " +
                                  std::string(ggml_type_name(type)) + ".");
  }
}

}  // namespace

GgmlLayout ggml_layout(GgmlType type) {
  return row_of(type).layout;
}

std::string_view ggml_type_name(GgmlType type) {
  return row_of(type).name;
}

std::optional<GgmlType> ggml_type_from_id(std::uint32_t id) {
  const auto type = static_cast<GgmlType>(id);
  if (std::ranges::find(types, type, &TypeRow::type) == types.end()) return std::nullopt;
  return type;
}

void decode_ggml(GgmlType type, std::span<const std::byte> blocks, std::span<float> values) {
  const GgmlLayout layout = ggml_layout(type);
  const Decoder decode = decoder_of(type);
  const auto* block = reinterpret_cast<const Byte*>(blocks.data());
  for (std::size_t i = 0; i < values.size(); i += layout.weights, block += layout.bytes)
    decode(block, values.data() + i);
}

void split_q4_0(std::span<const std::byte> blocks, std::span<std::int8_t> codes,
                std::span<float> scales) {
  const GgmlLayout layout = ggml_layout(GgmlType::q4_0);
  const auto* block = reinterpret_cast<const Byte*>(blocks.data());
  for (std::size_t b = 0; b < scales.size(); ++b, block += layout.bytes) {
    scales[b] = half_at(block);
    for (int i = 0; i < 32; ++i)
      codes[b * layout.weights + static_cast<std::size_t>(i)] =
          static_cast<std::int8_t>(code_of_q4_0(block, i));
  }
}

void encode_ggml(GgmlType type, std::span<const float> values, std::span<std::byte> blocks) {
  const GgmlLayout layout = ggml_layout(type);
  const Encoder encode = encoder_of(type);
  auto* block = reinterpret_cast<Byte*>(blocks.data());
  for (std::size_t i = 0; i < values.size(); i += layout.weights, block += layout.bytes)
    encode(values.data() + i, block);
}

}  // namespace sancho::engine

#include "engine/weights/int4_packing.h"

#include <algorithm>
#include <stdexcept>

namespace sancho::engine {
namespace {

constexpr std::uint16_t kHalfInfinity = 0x7c00;

bool is_finite_half(std::uint16_t bits) {
  return (bits & kHalfInfinity) != kHalfInfinity;
}

}  // namespace

void unpack_int4_row(const Int4Shape& shape, const std::uint8_t* packed,
                     const std::uint16_t* scales, std::span<float> row) {
  std::size_t start = 0;  // position of the block's first chunk
  for (std::size_t first = 0; first < shape.groups();) {
    const Int4Block block = int4_block(first, shape.groups());
    const std::size_t quads = kInt4Lanes / block.groups;  // of one group in one chunk
    const std::size_t chunks = block.groups * shape.group / 64;
    for (std::size_t g = 0; g < block.groups; ++g) {
      const float scale = half_to_float(scales[first + g]);
      for (std::size_t chunk = 0; chunk < chunks; ++chunk)
        for (std::size_t q = 0; q < quads; ++q) {
          const std::size_t column = (first + g) * shape.group + 4 * (chunk * quads + q);
          const std::size_t position = start + chunk * 64 + 4 * (g * quads + q);
          const std::uint8_t* pairs = packed + position / 128 * 64 + position % 64;
          const int shift = int4_is_high(position) ? 4 : 0;
          const auto weight = [=](std::size_t i) {
            return static_cast<float>((pairs[i] >> shift & 15) - 8) * scale;
          };
          if (column + 4 <= row.size())
            for (std::size_t i = 0; i < 4; ++i) row[column + i] = weight(i);
          else
            for (std::size_t i = 0; column + i < row.size(); ++i) row[column + i] = weight(i);
        }
    }
    start += chunks * 64;
    first += block.groups;
  }
}

AlignedBuffer<std::uint16_t> pack_int4_scales(const Int4Shape& shape,
                                              MatrixView<const float> scales) {
  AlignedBuffer<std::uint16_t> packed(shape.out * shape.groups());
  for (std::size_t r = 0; r < shape.out; ++r) {
    const auto row = packed.span().subspan(r * shape.groups(), shape.groups());
    std::ranges::transform(scales.row(r), row.begin(), float_to_half);
    if (!std::ranges::all_of(row, is_finite_half))
      throw std::runtime_error(
          "A scale is not finite or too large for 4-bit storage; keep this layer in bf16.");
  }
  return packed;
}

Int4Scales load_int4_scales(const TensorLookup& lookup, const std::string& prefix, std::size_t out,
                            std::size_t in) {
  const TensorView tensor = require_tensor(lookup, prefix + ".weight_scale");
  check_tensor(tensor, DType::f16, {out, any_size});
  Int4Shape shape{out, in, 0};
  for (const std::size_t group : {32, 64, 128})
    if (tensor.shape[1] == shape.padded() / group) shape.group = group;
  if (shape.group == 0)
    throw std::runtime_error("Tensor " + tensor.name + " has " + std::to_string(tensor.shape[1]) +
                             " groups in a row, which suits none of the group sizes 32, 64 and "
                             "128; the model file does not fit its configuration.");
  Array<std::uint16_t> values = tensor_array<std::uint16_t>(tensor);
  if (!std::ranges::all_of(values.span(), is_finite_half))
    throw std::runtime_error("Tensor " + tensor.name +
                             " holds a scale that is not finite; the model file is damaged.");
  return {std::move(values), shape};
}

}  // namespace sancho::engine

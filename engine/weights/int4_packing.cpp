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

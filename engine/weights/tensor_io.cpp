#include "engine/weights/tensor_io.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace sancho::engine {
namespace {

std::string shape_text(const std::vector<std::size_t>& shape) {
  std::string text = "[";
  for (const std::size_t size : shape) {
    if (text.size() > 1) text += ", ";
    text += size == any_size ? "any" : std::to_string(size);
  }
  return text + "]";
}

bool same_shape(const std::vector<std::size_t>& shape, const std::vector<std::size_t>& wanted) {
  return std::ranges::equal(shape, wanted, [](std::size_t size, std::size_t want) {
    return want == any_size || size == want;
  });
}

}  // namespace

void check_tensor(const TensorView& tensor, DType dtype, const std::vector<std::size_t>& shape) {
  if (tensor.dtype != dtype || !same_shape(tensor.shape, shape))
    throw std::runtime_error(
        "Tensor " + tensor.name + " is " + std::string(dtype_name(tensor.dtype)) + " " +
        shape_text(tensor.shape) + " where the model's configuration asks for " +
        std::string(dtype_name(dtype)) + " " + shape_text(shape) +
        "; the model file does not fit its configuration.");
  const std::size_t held = tensor.data.size() / dtype_size(dtype);
  bool fits = tensor.data.size() % dtype_size(dtype) == 0;
  std::size_t count = 1;
  for (const std::size_t size : tensor.shape) {
    fits = fits && (size == 0 || count <= std::numeric_limits<std::size_t>::max() / size);
    count *= size;
  }
  if (!fits || count != held)
    throw std::runtime_error("Tensor " + tensor.name + " has " +
                             std::to_string(tensor.data.size()) + " bytes, which its shape " +
                             shape_text(tensor.shape) +
                             " does not make; the model file is damaged.");
}

TensorView require_tensor(const TensorLookup& lookup, const std::string& name) {
  if (auto tensor = lookup(name)) return *std::move(tensor);
  throw std::runtime_error("Tensor " + name +
                           " is missing; the model file is incomplete or of another kind.");
}

void check_shape_tensor(const TensorLookup& lookup, const std::string& name, std::size_t out,
                        std::size_t in) {
  const TensorView tensor = require_tensor(lookup, name);
  check_tensor(tensor, DType::i64, {2});
  const auto shape = tensor_array<std::int64_t>(tensor);
  if (std::cmp_not_equal(shape[0], out) || std::cmp_not_equal(shape[1], in))
    throw std::runtime_error("Tensor " + name +
                             " differs from the model's configuration; the model file does not "
                             "fit it.");
}

Array<float> pack_row_scales(MatrixView<const float> scales) {
  AlignedBuffer<float> packed(scales.rows);
  for (std::size_t r = 0; r < scales.rows; ++r) packed[r] = scales(r, 0);
  return Array<float>(std::move(packed));
}

Array<float> load_row_scales(const TensorLookup& lookup, const std::string& prefix,
                             std::size_t out) {
  const TensorView tensor = require_tensor(lookup, prefix + ".weight_scale");
  check_tensor(tensor, DType::f32, {out, 1});
  Array<float> scales = tensor_array<float>(tensor);
  if (!std::ranges::all_of(scales.span(), [](float s) { return std::isfinite(s); }))
    throw std::runtime_error("Tensor " + tensor.name +
                             " holds a scale that is not finite; the model file is damaged.");
  return scales;
}

}  // namespace sancho::engine

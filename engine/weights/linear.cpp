#include "engine/weights/linear.h"

#include <stdexcept>

#include "engine/weights/storages.h"
#include "engine/weights/tensor_io.h"

namespace sancho::engine {
namespace {

std::unique_ptr<Linear> load_base(const TensorLookup& lookup, const std::string& prefix,
                                  std::size_t out, std::size_t in) {
  if (lookup(prefix + ".compressed")) return load_sparse_int8_linear(lookup, prefix, out, in);
  const TensorView weight = require_tensor(lookup, prefix + ".weight");
  if (weight.dtype == DType::i8) return load_int8_linear(lookup, prefix, out, in);
  return load_float_linear(weight, out, in);
}

}  // namespace

std::unique_ptr<Linear> make_linear(Storage storage, MatrixView<const float> w) {
  switch (storage) {
    case Storage::f32:
      return make_float_linear(DType::f32, w);
    case Storage::bf16:
      return make_float_linear(DType::bf16, w);
    case Storage::int8:
      return make_int8_linear(w);
    case Storage::sparse_int8:
      return make_sparse_int8_linear(w);
  }
  throw std::invalid_argument("Unknown weight storage.");
}

std::unique_ptr<Linear> load_linear(const TensorLookup& lookup, const std::string& prefix,
                                    std::size_t out, std::size_t in) {
  auto base = load_base(lookup, prefix, out, in);
  if (!lookup(prefix + ".lora_A.weight")) return base;
  return load_lora_linear(std::move(base), lookup, prefix);
}

}  // namespace sancho::engine

#include "engine/weights/linear.h"

#include <algorithm>
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

/// Rows that a thread takes at least: whole groups of every kernel.
constexpr std::size_t kRowGrain = 16;

std::size_t grains(const Linear& layer) {
  return (layer.out_features() + kRowGrain - 1) / kRowGrain;
}

}  // namespace

void Linear::forward(MatrixView<const float> x, MatrixView<float> y, ThreadPool& pool) const {
  Activations input(x);
  const Product product{this, y};
  forward_all({&product, 1}, input, pool);
}

void forward_all(std::span<const Product> products, Activations& x, ThreadPool& pool) {
  std::size_t count = 0;
  for (const Product& product : products) {
    if (product.layer->multiplies_codes()) x.quantize(pool);
    count += grains(*product.layer);
  }
  pool.parallel_for(count, 1, [&](std::size_t begin, std::size_t end, unsigned) {
    std::size_t first = 0;
    for (const auto& [layer, y] : products) {
      const std::size_t last = first + grains(*layer);
      const std::size_t from = std::max(begin, first), to = std::min(end, last);
      if (from < to)
        layer->multiply(
            {(from - first) * kRowGrain, std::min(layer->out_features(), (to - first) * kRowGrain)},
            x, y);
      first = last;
    }
  });
}

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

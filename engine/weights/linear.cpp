#include "engine/weights/linear.h"

#include <algorithm>
#include <stdexcept>

#include "engine/weights/int4_quantizer.h"
#include "engine/weights/int8_quantizer.h"
#include "engine/weights/storages.h"
#include "engine/weights/tensor_io.h"

namespace sancho::engine {
namespace {

std::unique_ptr<Linear> load_base(const TensorLookup& lookup, const std::string& prefix,
                                  std::size_t out, std::size_t in) {
  if (lookup(prefix + ".weight_packed")) return load_int4_linear(lookup, prefix, out, in);
  if (const auto sparse = lookup(prefix + ".compressed"))
    return sparse->dtype == DType::u8 ? load_sparse_int4_linear(lookup, prefix, out, in)
                                      : load_sparse_int8_linear(lookup, prefix, out, in);
  const TensorView weight = require_tensor(lookup, prefix + ".weight");
  if (weight.dtype == DType::i8) return load_int8_linear(lookup, prefix, out, in);
  if (weight.dtype == DType::f8_e4m3) return load_fp8_linear(lookup, prefix, out, in);
  return load_float_linear(weight, out, in);
}

std::size_t grains(const Linear& layer) {
  return (layer.out_features() + kRowGrain - 1) / kRowGrain;
}

void check_group(std::size_t group) {
  if (group != 32 && group != 64 && group != 128)
    throw std::invalid_argument("4-bit storage has groups of 32, 64 or 128 columns, not " +
                                std::to_string(group) + ".");
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
    product.layer->prepare(x, pool);
    count += grains(*product.layer);
  }
  const std::size_t grain = product_grain(x.values().cols, x.values().rows);
  pool.parallel_pieces(count, grain, [&](std::size_t begin, std::size_t end, unsigned) {
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

std::unique_ptr<Linear> make_linear(Storage storage, MatrixView<const float> w, std::size_t group) {
  switch (storage) {
    case Storage::f32:
      return make_float_linear(DType::f32, w);
    case Storage::bf16:
      return make_float_linear(DType::bf16, w);
    case Storage::fp8:
      return make_fp8_linear(w);
    case Storage::int8:
    case Storage::sparse_int8: {
      const Int8Codes q = quantize_int8(w);
      return make_linear_from_codes(storage, {q.codes.data(), w.rows, w.cols},
                                    {q.scales.data(), w.rows, 1});
    }
    case Storage::int4:
    case Storage::sparse_int4: {
      check_group(group);
      const Int4Codes q = quantize_int4(w, group);
      return make_linear_from_codes(storage, {q.codes.data(), w.rows, w.cols},
                                    {q.scales.data(), w.rows, (w.cols + group - 1) / group}, group);
    }
  }
  throw std::invalid_argument("Unknown weight storage.");
}

std::unique_ptr<Linear> make_linear_from_codes(Storage storage, MatrixView<const std::int8_t> codes,
                                               MatrixView<const float> scales, std::size_t group) {
  const bool four = is_int4(storage);
  if (four) check_group(group);
  const std::size_t groups = four ? (codes.cols + group - 1) / group : 1;
  if (scales.rows != codes.rows || scales.cols != groups)
    throw std::invalid_argument("The scales given for a layer are not [" +
                                std::to_string(codes.rows) + ", " + std::to_string(groups) + "].");
  const int least = four ? -8 : -127, most = four ? 7 : 127;
  for (std::size_t r = 0; r < codes.rows; ++r)
    for (const std::int8_t code : codes.row(r))
      if (code < least || code > most)
        throw std::invalid_argument("The code " + std::to_string(code) +
                                    " does not fit its storage.");
  switch (storage) {
    case Storage::int8:
      return make_int8_linear(codes, scales);
    case Storage::sparse_int8:
      return make_sparse_int8_linear(codes, scales);
    case Storage::int4:
      return make_int4_linear(codes, scales, group);
    case Storage::sparse_int4:
      return make_sparse_int4_linear(codes, scales, group);
    default:
      throw std::invalid_argument("Only integer storages hold codes.");
  }
}

std::unique_ptr<Linear> load_linear(const TensorLookup& lookup, const std::string& prefix,
                                    std::size_t out, std::size_t in) {
  auto layer = load_base(lookup, prefix, out, in);
  if (lookup(prefix + ".lora_A.weight")) layer = load_lora_linear(std::move(layer), lookup, prefix);
  if (lookup(prefix + delta_values)) {
    auto [pattern, values] = load_delta(lookup, prefix);
    layer = make_delta_linear(std::move(layer), std::move(pattern), std::move(values));
  }
  return layer;
}

}  // namespace sancho::engine

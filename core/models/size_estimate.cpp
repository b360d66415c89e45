#include "core/models/size_estimate.h"

namespace sancho::core {

namespace {

/// Per weight, scales and masks included, in a row of `cols` weights.
double bits_per_weight(const engine::Format& format, std::size_t cols) {
  using engine::Storage;
  if (format.storage == Storage::f32) return 32;
  if (format.storage == Storage::bf16) return 16;
  const bool narrow = engine::is_int4(format.storage), sparse = engine::is_sparse(format.storage);
  const double scales =
      narrow ? 16.0 / static_cast<double>(format.group) : 32.0 / static_cast<double>(cols);
  return (narrow ? 4 : 8) * (sparse ? 1 - format.sparsity : 1) + (sparse ? 1 : 0) + scales;
}

}  // namespace

std::uint64_t estimated_bytes(const engine::ModelConfig& c, const engine::Format& format) {
  const auto layers = static_cast<double>(c.num_hidden_layers);
  const auto hidden = static_cast<double>(c.hidden_size);
  const double queries = static_cast<double>(c.num_attention_heads * c.head_dim);
  const double keys = static_cast<double>(c.num_key_value_heads * c.head_dim);
  const double narrow = hidden * (2 * queries + 2 * keys);
  const double wide = 3 * hidden * static_cast<double>(c.intermediate_size);
  const double tables =
      static_cast<double>(c.vocab_size) * hidden * (c.tie_word_embeddings ? 1 : 2);
  engine::Format dense = format;
  dense.storage = engine::dense_storage(format.storage);
  dense.sparsity = 0;
  const double bits = layers * (narrow + wide) * bits_per_weight(format, c.hidden_size) +
                      tables * bits_per_weight(dense, c.hidden_size) +
                      32 * hidden * (2 * layers + 1);
  return static_cast<std::uint64_t>(bits / 8);
}

}  // namespace sancho::core

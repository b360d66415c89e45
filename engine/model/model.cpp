#include "engine/model/model.h"

#include <cstring>
#include <random>
#include <stdexcept>

#include "engine/checkpoint/safetensors.h"
#include "engine/model/model_builder.h"
#include "engine/model/model_file.h"

namespace sancho::engine {

namespace {

/// The linear layers of the blocks: all but the embedding and the head.
std::vector<const Linear*> block_linears(const Model& model) {
  std::vector<const Linear*> layers;
  for (const DecoderLayer& layer : model.layers())
    for (const auto& linear : {layer.q_proj, layer.k_proj, layer.v_proj, layer.o_proj,
                               layer.gate_proj, layer.up_proj, layer.down_proj})
      layers.push_back(linear.get());
  return layers;
}

std::vector<const Linear*> all_linears(const Model& model) {
  std::vector<const Linear*> layers = block_linears(model);
  layers.push_back(&model.embed_tokens());
  if (&model.lm_head() != &model.embed_tokens()) layers.push_back(&model.lm_head());
  return layers;
}

/// Zeros in random places: every weight by a draw of its own, so that rows differ in their
/// patterns, or two of each four.
void drop_at_random(std::span<float> weights, const Format& format, std::mt19937_64& engine) {
  if (format.pattern == MaskPattern::two_of_four) {
    for (std::size_t i = 0; i + 4 <= weights.size(); i += 4) {
      const std::size_t first = engine() % 4, second = (first + 1 + engine() % 3) % 4;
      weights[i + first] = weights[i + second] = 0;
    }
    return;
  }
  const auto cut = static_cast<std::uint64_t>(format.sparsity * 4294967296.0);
  for (float& weight : weights)
    if ((engine() >> 32) < cut) weight = 0;
}

}  // namespace

const Tokenizer& Model::tokenizer() const {
  if (!tokenizer_)
    throw std::runtime_error("This model has no tokenizer, so it can neither read nor write text.");
  return *tokenizer_;
}

std::size_t Model::bytes() const {
  std::size_t sum = norm_.size() * sizeof(float) * (1 + 2 * layers_.size());
  for (const Linear* layer : all_linears(*this)) sum += layer->bytes();
  return sum;
}

double Model::sparsity() const {
  std::size_t weights = 0, nonzeros = 0;
  for (const Linear* layer : block_linears(*this)) {
    weights += layer->out_features() * layer->in_features();
    nonzeros += layer->nonzeros();
  }
  return weights == 0 ? 0 : 1 - static_cast<double>(nonzeros) / static_cast<double>(weights);
}

std::map<std::string, std::size_t> Model::formats() const {
  std::map<std::string, std::size_t> counts;
  for (const Linear* layer : all_linears(*this))
    ++counts[std::string(storage_name(layer->storage()))];
  return counts;
}

void Model::save(const std::filesystem::path& path,
                 const std::map<std::string, std::string>& extra) const {
  std::map<std::string, std::string> metadata = metadata_;
  for (const auto& [key, value] : extra) metadata[key] = value;
  metadata[model_file::format_key] = model_file::format;
  metadata[model_file::config_key] = model_config_to_json(config_);
  const std::string tokenizer = tokenizer_ ? tokenizer_->serialized() : "";

  write_safetensors(path, metadata, [&](const TensorSink& sink) {
    if (!tokenizer.empty())
      sink({.name = model_file::tokenizer_tensor,
            .dtype = DType::u8,
            .shape = {tokenizer.size()},
            .data = std::as_bytes(std::span(tokenizer))});
    for (const std::string& name : linear_names(config_))
      linear_by_name(*this, name)->save(name, sink);
    for (const std::string& name : norm_names(config_)) {
      const auto weight = norm_by_name(*this, name);
      sink({.name = name + ".weight",
            .dtype = DType::f32,
            .shape = {weight.size()},
            .data = std::as_bytes(weight)});
    }
  });
}

std::shared_ptr<const Model> Model::random(const ModelConfig& config, const Format& format,
                                           std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  // Sums of uniform halves of one draw: close enough to normal, and the same on every machine.
  const auto draw = [&engine] {
    const std::uint64_t bits = engine();
    double sum = 0;
    for (int i = 0; i < 4; ++i)
      sum += static_cast<double>((bits >> (16 * i)) & 0xffff) / 65536 - 0.5;
    return static_cast<float>(0.02 * sum * 1.7320508);
  };
  ModelBuilder builder(config);
  std::vector<float> weights;
  for (const std::string& name : linear_names(config)) {
    const auto [out, in] = linear_shape(config, name);
    weights.resize(out * in);
    const bool in_block = name.starts_with("model.layers.");
    for (float& weight : weights) weight = draw();
    if (in_block && is_sparse(format.storage)) drop_at_random(weights, format, engine);
    const Storage storage = in_block ? format.storage : dense_storage(format.storage);
    builder.linear(name, make_linear(storage, {weights.data(), out, in}, format.group));
  }
  const std::vector<float> ones(config.hidden_size, 1.0f);
  for (const std::string& name : norm_names(config)) builder.norm(name, ones);
  return builder.build();
}

}  // namespace sancho::engine

#include "engine/model/model.h"

#include <cstring>
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

}  // namespace sancho::engine

#include "engine/train/grown_model.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/model/model_builder.h"

namespace sancho::engine {

namespace {

constexpr std::string_view blocks = "model.layers.";

/// The name of the same part in the block that `name` is made from.
std::string source_name(const std::string& name, const std::vector<std::size_t>& source) {
  if (!name.starts_with(blocks)) return name;
  const auto end = name.find('.', blocks.size());
  const auto layer = std::stoul(name.substr(blocks.size(), end - blocks.size()));
  return std::string(blocks) + std::to_string(source[layer]) + name.substr(end);
}

bool is_new_output(const std::string& name, const std::vector<std::size_t>& source) {
  if (!name.ends_with(".o_proj") && !name.ends_with(".down_proj")) return false;
  const auto layer = std::stoul(name.substr(blocks.size()));
  return layer > 0 && source[layer] == source[layer - 1];
}

}  // namespace

std::shared_ptr<const Model> grow_layers(const Model& model, std::size_t layers) {
  ModelConfig config = model.config();
  const std::size_t from = config.num_hidden_layers;
  if (from == 0 || layers < from)
    throw std::invalid_argument("A model of " + std::to_string(from) +
                                " layers cannot be grown to " + std::to_string(layers) + ".");
  std::vector<std::size_t> source(layers);
  for (std::size_t layer = 0; layer < layers; ++layer) source[layer] = layer * from / layers;

  config.num_hidden_layers = layers;
  ModelBuilder builder(config);
  if (model.has_tokenizer()) builder.tokenizer(model.tokenizer());
  for (const std::string& name : linear_names(config)) {
    const auto [out, in] = linear_shape(config, name);
    AlignedBuffer<float> weights(out * in);
    if (is_new_output(name, source))
      std::ranges::fill(weights, 0.0f);
    else
      linear_by_name(model, source_name(name, source))->to_dense({weights.data(), out, in});
    builder.linear(name, make_linear(Storage::f32, {weights.data(), out, in}));
  }
  for (const std::string& name : norm_names(config))
    builder.norm(name, norm_by_name(model, source_name(name, source)));
  return builder.build();
}

}  // namespace sancho::engine

#include "engine/model/model_builder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace sancho::engine {

namespace {

using LinearMember = std::shared_ptr<const Linear> DecoderLayer::*;
using NormMember = AlignedBuffer<float> DecoderLayer::*;

constexpr std::array<std::pair<std::string_view, LinearMember>, 7> block_linears{{
    {"self_attn.q_proj", &DecoderLayer::q_proj},
    {"self_attn.k_proj", &DecoderLayer::k_proj},
    {"self_attn.v_proj", &DecoderLayer::v_proj},
    {"self_attn.o_proj", &DecoderLayer::o_proj},
    {"mlp.gate_proj", &DecoderLayer::gate_proj},
    {"mlp.up_proj", &DecoderLayer::up_proj},
    {"mlp.down_proj", &DecoderLayer::down_proj},
}};

constexpr std::array<std::pair<std::string_view, NormMember>, 2> block_norms{{
    {"input_layernorm", &DecoderLayer::input_layernorm},
    {"post_attention_layernorm", &DecoderLayer::post_attention_layernorm},
}};

constexpr std::string_view embedding_name = "model.embed_tokens", head_name = "lm_head",
                           final_norm_name = "model.norm";

std::string block_name(std::size_t layer, std::string_view part) {
  return "model.layers." + std::to_string(layer) + "." + std::string(part);
}

[[noreturn]] void fail_unknown(const std::string& name) {
  throw std::invalid_argument("A model of this shape has no part called " + name + ".");
}

/// Splits "model.layers.3.mlp.up_proj" into 3 and the member of `members` that it names.
template <class Member, std::size_t N>
std::pair<std::size_t, Member> parse_block_name(
    const ModelConfig& config, const std::string& name,
    const std::array<std::pair<std::string_view, Member>, N>& members) {
  constexpr std::string_view prefix = "model.layers.";
  std::size_t layer = 0;
  if (!name.starts_with(prefix)) fail_unknown(name);
  const char* const end = name.data() + name.size();
  const auto [rest, error] = std::from_chars(name.data() + prefix.size(), end, layer);
  if (error != std::errc() || rest == end || *rest != '.' || layer >= config.num_hidden_layers)
    fail_unknown(name);
  for (const auto& [part, member] : members)
    if (std::string_view(rest + 1, end) == part) return {layer, member};
  fail_unknown(name);
}

}  // namespace

std::vector<std::string> linear_names(const ModelConfig& config) {
  std::vector<std::string> names{std::string(embedding_name)};
  for (std::size_t layer = 0; layer < config.num_hidden_layers; ++layer)
    for (const auto& [part, member] : block_linears) names.push_back(block_name(layer, part));
  if (!config.tie_word_embeddings) names.emplace_back(head_name);
  return names;
}

std::vector<std::string> norm_names(const ModelConfig& config) {
  std::vector<std::string> names;
  for (std::size_t layer = 0; layer < config.num_hidden_layers; ++layer)
    for (const auto& [part, member] : block_norms) names.push_back(block_name(layer, part));
  names.emplace_back(final_norm_name);
  return names;
}

std::pair<std::size_t, std::size_t> linear_shape(const ModelConfig& config,
                                                 const std::string& name) {
  if (name == embedding_name || name == head_name) return {config.vocab_size, config.hidden_size};
  const LinearMember member = parse_block_name(config, name, block_linears).second;
  const std::size_t hidden = config.hidden_size, wide = config.intermediate_size;
  const std::size_t query = config.num_attention_heads * config.head_dim;
  const std::size_t key = config.num_key_value_heads * config.head_dim;
  if (member == &DecoderLayer::q_proj) return {query, hidden};
  if (member == &DecoderLayer::o_proj) return {hidden, query};
  if (member == &DecoderLayer::down_proj) return {hidden, wide};
  if (member == &DecoderLayer::gate_proj || member == &DecoderLayer::up_proj) return {wide, hidden};
  return {key, hidden};
}

std::shared_ptr<const Linear> linear_by_name(const Model& model, const std::string& name) {
  if (name == embedding_name) return model.embed_tokens_;
  if (name == head_name) return model.lm_head_;
  const auto [layer, member] = parse_block_name(model.config(), name, block_linears);
  return model.layers()[layer].*member;
}

std::span<const float> norm_by_name(const Model& model, const std::string& name) {
  if (name == final_norm_name) return model.norm().span();
  const auto [layer, member] = parse_block_name(model.config(), name, block_norms);
  return (model.layers()[layer].*member).span();
}

ModelBuilder::ModelBuilder(const ModelConfig& config) : model_(new Model) {
  model_->config_ = config;
  model_->layers_.resize(config.num_hidden_layers);
}

ModelBuilder& ModelBuilder::tokenizer(Tokenizer tokenizer) {
  model_->tokenizer_ = std::move(tokenizer);
  return *this;
}

ModelBuilder& ModelBuilder::linear(const std::string& name, std::shared_ptr<const Linear> layer) {
  const auto [out, in] = linear_shape(model_->config_, name);
  if (!layer || layer->out_features() != out || layer->in_features() != in)
    throw std::invalid_argument("The layer given as " + name + " is not [" + std::to_string(out) +
                                ", " + std::to_string(in) + "].");
  if (name == embedding_name) {
    model_->embed_tokens_ = std::move(layer);
  } else if (name == head_name) {
    if (model_->config_.tie_word_embeddings) fail_unknown(name);
    model_->lm_head_ = std::move(layer);
  } else {
    const auto [index, member] = parse_block_name(model_->config_, name, block_linears);
    model_->layers_[index].*member = std::move(layer);
  }
  return *this;
}

ModelBuilder& ModelBuilder::norm(const std::string& name, std::span<const float> weight) {
  if (weight.size() != model_->config_.hidden_size)
    throw std::invalid_argument("The norm given as " + name + " is not [" +
                                std::to_string(model_->config_.hidden_size) + "].");
  AlignedBuffer<float> copy(weight.size());
  std::copy(weight.begin(), weight.end(), copy.begin());
  if (name == final_norm_name) {
    model_->norm_ = std::move(copy);
  } else {
    const auto [index, member] = parse_block_name(model_->config_, name, block_norms);
    model_->layers_[index].*member = std::move(copy);
  }
  return *this;
}

ModelBuilder& ModelBuilder::metadata(std::map<std::string, std::string> metadata) {
  model_->metadata_ = std::move(metadata);
  return *this;
}

ModelBuilder& ModelBuilder::keep_alive(std::shared_ptr<const void> storage) {
  model_->storage_ = std::move(storage);
  return *this;
}

std::shared_ptr<const Model> ModelBuilder::build() {
  if (model_->config_.tie_word_embeddings) model_->lm_head_ = model_->embed_tokens_;
  for (const std::string& name : linear_names(model_->config_))
    if (!linear_by_name(*model_, name))
      throw std::runtime_error("The model lacks the layer " + name + ".");
  for (const std::string& name : norm_names(model_->config_))
    if (norm_by_name(*model_, name).empty())
      throw std::runtime_error("The model lacks the weights of " + name + ".");
  return std::exchange(model_, nullptr);
}

}  // namespace sancho::engine

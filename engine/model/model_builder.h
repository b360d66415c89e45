#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/model.h"

namespace sancho::engine {

/// Puts a Model together from parts: the loader, the trainer and the compressor all end here.
class ModelBuilder {
 public:
  explicit ModelBuilder(const ModelConfig& config);
  ModelBuilder& tokenizer(Tokenizer tokenizer);
  /// `name` without ".weight", as in Hugging Face: "model.embed_tokens", "lm_head",
  /// "model.layers.3.self_attn.q_proj". Throws std::invalid_argument on an unknown name or a shape
  /// the config does not promise.
  ModelBuilder& linear(const std::string& name, std::shared_ptr<const Linear> layer);
  /// "model.norm", "model.layers.3.input_layernorm", …; weight `[hidden]`.
  ModelBuilder& norm(const std::string& name, std::span<const float> weight);
  ModelBuilder& metadata(std::map<std::string, std::string> metadata);
  ModelBuilder& keep_alive(std::shared_ptr<const void> storage);
  /// Throws std::runtime_error naming the first part that is missing. Ends the builder's use.
  std::shared_ptr<const Model> build();

 private:
  std::shared_ptr<Model> model_;
};

/// Every linear layer's name in file order, embeddings first, an untied head last.
std::vector<std::string> linear_names(const ModelConfig& config);
/// Every norm's name in file order.
std::vector<std::string> norm_names(const ModelConfig& config);
/// `[out, in]` of a linear layer by its name.
std::pair<std::size_t, std::size_t> linear_shape(const ModelConfig& config,
                                                 const std::string& name);
/// The layer of `model` with that name.
std::shared_ptr<const Linear> linear_by_name(const Model& model, const std::string& name);
/// The weights of the norm of `model` with that name, `[hidden]`.
std::span<const float> norm_by_name(const Model& model, const std::string& name);

}  // namespace sancho::engine

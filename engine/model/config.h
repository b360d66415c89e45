#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sancho::engine {

/// A Llama-like decoder as data; field names are those of Hugging Face's config.json.
struct ModelConfig {
  std::size_t vocab_size = 0;
  std::size_t hidden_size = 0;
  std::size_t intermediate_size = 0;
  std::size_t num_hidden_layers = 0;
  std::size_t num_attention_heads = 0;
  std::size_t num_key_value_heads = 0;
  std::size_t head_dim = 0;
  std::size_t max_position_embeddings = 0;
  float rms_norm_eps = 1e-5f;
  float rope_theta = 10000.0f;
  bool tie_word_embeddings = false;
  int bos_token_id = 1;
  int eos_token_id = 2;

  friend bool operator==(const ModelConfig&, const ModelConfig&) = default;
};

/// Reads a Hugging Face config.json. Throws std::runtime_error saying which field is missing,
/// absurd or of an architecture that is not Llama-like.
ModelConfig model_config_from_json(std::string_view json);
std::string model_config_to_json(const ModelConfig& config);

/// `llama-110m`, `tinyllama-1.1b`, `llama-7b`, `built-in`. Throws std::invalid_argument listing the
/// known names.
ModelConfig model_config_of_shape(std::string_view name);

/// Weights, embeddings included, a tied head counted once.
std::size_t parameter_count(const ModelConfig& config);

}  // namespace sancho::engine

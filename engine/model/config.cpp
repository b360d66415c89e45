#include "engine/model/config.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace sancho::engine {

namespace {

using nlohmann::json;

constexpr std::size_t max_vocab = 1u << 22, max_width = 1u << 20, max_layers = 1024,
                      max_heads = 4096, max_positions = 1u << 24;

[[noreturn]] void fail(const std::string& why) {
  throw std::runtime_error("the model's configuration is not usable: " + why + ".");
}

bool present(const json& object, const char* key) {
  return object.contains(key) && !object.at(key).is_null();
}

std::size_t size_field(const json& object, const char* key, std::size_t limit,
                       std::size_t least = 1) {
  if (!present(object, key)) fail(std::string("it lacks ") + key);
  const json& value = object.at(key);
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() < least ||
      value.get<std::uint64_t>() > limit)
    fail(std::string(key) + " is absurd");
  return value.get<std::size_t>();
}

float number_field(const json& object, const char* key, float fallback) {
  if (!present(object, key)) return fallback;
  if (!object.at(key).is_number()) fail(std::string(key) + " is not a number");
  const auto value = static_cast<float>(object.at(key).get<double>());
  if (!std::isfinite(value) || value <= 0) fail(std::string(key) + " is absurd");
  return value;
}

bool flag_field(const json& object, const char* key) {
  if (!present(object, key)) return false;
  if (!object.at(key).is_boolean()) fail(std::string(key) + " is neither true nor false");
  return object.at(key).get<bool>();
}

/// A token id; a list of them counts by its first.
int token_field(const json& object, const char* key, int fallback) {
  if (!present(object, key)) return fallback;
  const json* value = &object.at(key);
  if (value->is_array() && !value->empty()) value = &value->front();
  if (!value->is_number_integer() || value->get<std::int64_t>() < -1 ||
      value->get<std::int64_t>() > static_cast<std::int64_t>(max_vocab))
    fail(std::string(key) + " is absurd");
  return value->get<int>();
}

/// Everything this decoder does not do is refused rather than computed wrongly.
void check_architecture(const json& object) {
  const std::string type = present(object, "model_type") && object.at("model_type").is_string()
                               ? object.at("model_type").get<std::string>()
                               : "";
  if (type != "llama" && type != "mistral")
    fail("its architecture \"" + type + "\" is not Llama-like (model_type llama or mistral)");
  if (present(object, "hidden_act") && object.at("hidden_act") != "silu")
    fail("its activation is not silu");
  if (flag_field(object, "attention_bias") || flag_field(object, "mlp_bias"))
    fail("its linear layers have biases, which are not supported");
  if (present(object, "rope_scaling")) {
    const json& scaling = object.at("rope_scaling");
    const json type_word = scaling.is_object()
                               ? scaling.value("rope_type", scaling.value("type", json("default")))
                               : json();
    if (type_word != "default") fail("its rope_scaling is not supported");
  }
}

}  // namespace

ModelConfig model_config_from_json(std::string_view text) {
  json object;
  try {
    object = json::parse(text, [](int depth, json::parse_event_t, json&) {
      if (depth > 16) throw std::runtime_error("nested too deeply");
      return true;
    });
  } catch (const std::exception&) {
    fail("it is not valid JSON");
  }
  if (!object.is_object()) fail("it is not a JSON object");
  check_architecture(object);

  ModelConfig config;
  config.vocab_size = size_field(object, "vocab_size", max_vocab);
  config.hidden_size = size_field(object, "hidden_size", max_width);
  config.intermediate_size = size_field(object, "intermediate_size", max_width);
  // An encoder may be its table of vectors alone.
  config.num_hidden_layers = size_field(object, "num_hidden_layers", max_layers, 0);
  config.num_attention_heads = size_field(object, "num_attention_heads", max_heads);
  config.num_key_value_heads = present(object, "num_key_value_heads")
                                   ? size_field(object, "num_key_value_heads", max_heads)
                                   : config.num_attention_heads;
  config.head_dim = present(object, "head_dim") ? size_field(object, "head_dim", max_width)
                                                : config.hidden_size / config.num_attention_heads;
  config.max_position_embeddings = size_field(object, "max_position_embeddings", max_positions);
  if (present(object, "sliding_window"))  // within one window, sliding attention is full attention
    config.max_position_embeddings = std::min(config.max_position_embeddings,
                                              size_field(object, "sliding_window", max_positions));
  config.rms_norm_eps = number_field(object, "rms_norm_eps", 1e-5f);
  config.rope_theta = number_field(object, "rope_theta", 10000.0f);
  config.tie_word_embeddings = flag_field(object, "tie_word_embeddings");
  config.bos_token_id = token_field(object, "bos_token_id", 1);
  config.eos_token_id = token_field(object, "eos_token_id", 2);

  if (config.num_attention_heads % config.num_key_value_heads != 0)
    fail("num_attention_heads is not a multiple of num_key_value_heads");
  if (config.head_dim == 0 || config.head_dim % 2 != 0) fail("head_dim is not even");
  if (config.head_dim * config.num_attention_heads > max_width) fail("head_dim is absurd");
  return config;
}

std::string model_config_to_json(const ModelConfig& config) {
  const nlohmann::ordered_json object = {
      {"architectures", {"LlamaForCausalLM"}},
      {"model_type", "llama"},
      {"vocab_size", config.vocab_size},
      {"hidden_size", config.hidden_size},
      {"intermediate_size", config.intermediate_size},
      {"num_hidden_layers", config.num_hidden_layers},
      {"num_attention_heads", config.num_attention_heads},
      {"num_key_value_heads", config.num_key_value_heads},
      {"head_dim", config.head_dim},
      {"max_position_embeddings", config.max_position_embeddings},
      {"rms_norm_eps", config.rms_norm_eps},
      {"rope_theta", config.rope_theta},
      {"hidden_act", "silu"},
      {"attention_bias", false},
      {"mlp_bias", false},
      {"tie_word_embeddings", config.tie_word_embeddings},
      {"bos_token_id", config.bos_token_id},
      {"eos_token_id", config.eos_token_id}};
  return object.dump(2);
}

ModelConfig model_config_of_shape(std::string_view name) {
  struct Shape {
    std::string_view name;
    std::size_t vocab, hidden, intermediate, layers, heads, kv_heads, positions;
    bool tied;
  };
  static constexpr std::array<Shape, 4> shapes{{
      {"built-in", 4096, 256, 704, 6, 8, 4, 1024, true},
      {"llama-110m", 32000, 768, 2048, 12, 12, 12, 2048, true},
      {"tinyllama-1.1b", 32000, 2048, 5632, 22, 32, 4, 2048, false},
      {"llama-7b", 32000, 4096, 11008, 32, 32, 32, 4096, false},
  }};
  std::string known;
  for (const Shape& shape : shapes) {
    if (shape.name == name) {
      ModelConfig config;
      config.vocab_size = shape.vocab;
      config.hidden_size = shape.hidden;
      config.intermediate_size = shape.intermediate;
      config.num_hidden_layers = shape.layers;
      config.num_attention_heads = shape.heads;
      config.num_key_value_heads = shape.kv_heads;
      config.head_dim = shape.hidden / shape.heads;
      config.max_position_embeddings = shape.positions;
      config.tie_word_embeddings = shape.tied;
      return config;
    }
    known += (known.empty() ? "" : ", ") + std::string(shape.name);
  }
  throw std::invalid_argument("There is no model shape called " + std::string(name) +
                              "; known are " + known + ".");
}

std::size_t parameter_count(const ModelConfig& c) {
  const std::size_t attention =
      2 * c.hidden_size * c.head_dim * (c.num_attention_heads + c.num_key_value_heads);
  const std::size_t feed_forward = 3 * c.hidden_size * c.intermediate_size;
  const std::size_t block = attention + feed_forward + 2 * c.hidden_size;
  const std::size_t embeddings = c.vocab_size * c.hidden_size * (c.tie_word_embeddings ? 1 : 2);
  return embeddings + c.num_hidden_layers * block + c.hidden_size;
}

}  // namespace sancho::engine

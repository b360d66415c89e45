#include <stdexcept>

#include "engine/checkpoint/gguf.h"
#include "engine/model/gguf_model.h"
#include "engine/model/gguf_names.h"
#include "engine/model/model_builder.h"
#include "engine/text/vocabulary.h"

namespace sancho::engine {

namespace {

/// llama.cpp's number for a file that is mostly of this type.
std::uint32_t file_type(GgmlType type) {
  switch (type) {
    case GgmlType::f32:
      return 0;
    case GgmlType::f16:
      return 1;
    case GgmlType::q4_0:
      return 2;
    case GgmlType::q8_0:
      return 7;
    default:
      throw std::invalid_argument("GGUF models are not written as " +
                                  std::string(ggml_type_name(type)) + ".");
  }
}

void set_config(GgufWriter& writer, const ModelConfig& config) {
  const auto set = [&](const char* key, std::size_t value) {
    writer.set("llama." + std::string(key), static_cast<std::uint32_t>(value));
  };
  set("vocab_size", config.vocab_size);
  set("context_length", config.max_position_embeddings);
  set("embedding_length", config.hidden_size);
  set("block_count", config.num_hidden_layers);
  set("feed_forward_length", config.intermediate_size);
  set("attention.head_count", config.num_attention_heads);
  set("attention.head_count_kv", config.num_key_value_heads);
  set("attention.key_length", config.head_dim);
  set("attention.value_length", config.head_dim);
  set("rope.dimension_count", config.head_dim);
  writer.set("llama.rope.freq_base", config.rope_theta);
  writer.set("llama.attention.layer_norm_rms_epsilon", config.rms_norm_eps);
}

/// Bytes and nothing else, for a model that has no tokenizer.
Vocabulary filler_vocabulary(const ModelConfig& config) {
  Vocabulary vocabulary;
  constexpr std::size_t bytes = 256;
  for (std::size_t id = 0, byte = 0; id < config.vocab_size && byte < bytes; ++id) {
    const auto token = static_cast<TokenId>(id);
    if (token == config.bos_token_id || token == config.eos_token_id) {
      vocabulary.pieces.push_back(
          {token == config.bos_token_id ? "<s>" : "</s>", 0, VocabularyPiece::control});
    } else if (id == 0) {
      vocabulary.pieces.push_back({"<unk>", 0, VocabularyPiece::unknown});
    } else {
      constexpr std::string_view digits = "0123456789ABCDEF";
      vocabulary.pieces.push_back({std::string("<0x") + digits[byte / 16] + digits[byte % 16] + '>',
                                   0, VocabularyPiece::byte});
      ++byte;
    }
  }
  return vocabulary;
}

void set_vocabulary(GgufWriter& writer, const ModelConfig& config, Vocabulary vocabulary) {
  if (!vocabulary.obstacle.empty())
    throw std::runtime_error(
        "A GGUF file cannot hold the model's tokenizer: " + vocabulary.obstacle + ".");
  // Every row of the embedding has a piece in this format.
  while (vocabulary.pieces.size() < config.vocab_size)
    vocabulary.pieces.push_back(
        {"<unused" + std::to_string(vocabulary.pieces.size()) + ">", 0, VocabularyPiece::unused});
  std::vector<std::string> texts;
  std::vector<float> scores;
  std::vector<std::int32_t> types;
  for (std::size_t id = 0; id < vocabulary.pieces.size(); ++id) {
    const VocabularyPiece& piece = vocabulary.pieces[id];
    if (piece.type == VocabularyPiece::unknown)
      writer.set("tokenizer.ggml.unknown_token_id", static_cast<std::uint32_t>(id));
    texts.push_back(piece.text);
    scores.push_back(piece.score);
    types.push_back(piece.type);
  }
  writer.set(gguf::tokenizer_key, gguf::sentencepiece_tokenizer);
  writer.set("tokenizer.ggml.pre", "default");
  writer.set("tokenizer.ggml.tokens", texts);
  writer.set("tokenizer.ggml.scores", scores);
  writer.set("tokenizer.ggml.token_type", types);
  if (config.bos_token_id >= 0)
    writer.set("tokenizer.ggml.bos_token_id", static_cast<std::uint32_t>(config.bos_token_id));
  if (config.eos_token_id >= 0)
    writer.set("tokenizer.ggml.eos_token_id", static_cast<std::uint32_t>(config.eos_token_id));
  writer.set("tokenizer.ggml.add_bos_token", config.bos_token_id >= 0);
  writer.set("tokenizer.ggml.add_eos_token", false);
  writer.set("tokenizer.ggml.add_space_prefix", vocabulary.add_dummy_prefix);
  writer.set("tokenizer.ggml.remove_extra_whitespaces", vocabulary.remove_extra_whitespaces);
}

}  // namespace

void write_gguf_model(const Model& model, const std::filesystem::path& path,
                      const GgufOptions& options, const std::function<void()>& on_row) {
  const ModelConfig& config = model.config();
  GgufWriter writer;
  writer.set(gguf::architecture_key, "llama");
  writer.set("general.type", "model");
  if (!options.name.empty()) writer.set("general.name", options.name);
  writer.set("general.file_type", file_type(options.type));
  writer.set("general.quantization_version", std::uint32_t{2});
  set_config(writer, config);
  if (model.has_tokenizer())
    set_vocabulary(writer, config, vocabulary_of_sentencepiece(model.tokenizer().serialized()));
  else
    set_vocabulary(writer, config, filler_vocabulary(config));
  if (!model.has_tokenizer()) writer.set(gguf::filler_key, true);
  if (!options.chat_template.empty()) writer.set("tokenizer.chat_template", options.chat_template);

  for (const std::string& name : linear_names(config)) {
    const auto linear = linear_by_name(model, name);
    const GgmlType wanted =
        name.starts_with("model.layers.") ? options.type : options.embedding_type;
    const std::size_t cols = linear->in_features();
    const GgmlType type = cols % ggml_layout(wanted).weights == 0 ? wanted : GgmlType::f16;
    const bool rotated = gguf::rotated_heads(config, name) != 0;
    writer.add_matrix(gguf::tensor_name(name), type, linear->out_features(), cols,
                      [linear, rotated, &config](std::size_t row, std::span<float> values) {
                        linear->dense_row(rotated ? gguf::unrotated_row(row, config.head_dim) : row,
                                          values);
                      });
  }
  for (const std::string& name : norm_names(config))
    writer.add_vector(gguf::tensor_name(name), norm_by_name(model, name));
  writer.write(path, on_row);
}

}  // namespace sancho::engine

// Writes a small valid model of every storage into a folder: model_seeds FOLDER
#include <filesystem>

#include "engine/model/gguf_model.h"
#include "engine/model/model_builder.h"
#include "engine/text/vocabulary.h"

namespace {

using namespace sancho::engine;

/// The same weights beside a vocabulary of one piece per token.
std::shared_ptr<const Model> with_tokenizer(const Model& model) {
  Vocabulary vocabulary;
  vocabulary.pieces = {{"<unk>", 0, VocabularyPiece::unknown},
                       {"<s>", 0, VocabularyPiece::control},
                       {"</s>", 0, VocabularyPiece::control}};
  for (char c = 'a'; vocabulary.pieces.size() < model.config().vocab_size; ++c)
    vocabulary.pieces.push_back({std::string(1, c), -1, VocabularyPiece::normal});
  ModelBuilder builder(model.config());
  builder.tokenizer(Tokenizer::from_bytes(sentencepiece_of_vocabulary(vocabulary)));
  for (const std::string& name : linear_names(model.config()))
    builder.linear(name, linear_by_name(model, name));
  for (const std::string& name : norm_names(model.config()))
    builder.norm(name, norm_by_name(model, name));
  return builder.build();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path folder = argv[1];
  ModelConfig config;
  config.vocab_size = 16;
  config.hidden_size = 16;
  config.intermediate_size = 24;
  config.num_hidden_layers = 1;
  config.num_attention_heads = 2;
  config.num_key_value_heads = 1;
  config.head_dim = 8;
  config.max_position_embeddings = 32;
  config.tie_word_embeddings = true;
  for (const char* format : {"f32", "bf16", "int8", "int4", "sparse50-int8", "sparse50-int4"})
    Model::random(config, format_from_name(format), 1)->save(folder / format);
  config.hidden_size = 32;
  config.head_dim = 16;
  config.intermediate_size = 32;
  const auto model = with_tokenizer(*Model::random(config, {Storage::f32, 0}, 1));
  for (const auto& [name, type] : {std::pair("f32.gguf", GgmlType::f32),
                                   {"f16.gguf", GgmlType::f16},
                                   {"q8_0.gguf", GgmlType::q8_0},
                                   {"q4_0.gguf", GgmlType::q4_0}})
    write_gguf_model(*model, folder / name, {type, type, "seed", ""});
}

// Writes a small valid model of every storage into a folder: model_seeds FOLDER
#include <filesystem>

#include "engine/model/model.h"

int main(int argc, char** argv) {
  using namespace sancho::engine;
  if (argc != 2) return 2;
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
  for (const char* format : {"f32", "bf16", "int8", "sparse50-int8"})
    Model::random(config, format_from_name(format), 1)
        ->save(std::filesystem::path(argv[1]) / format);
}

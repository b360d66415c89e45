#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/model/model.h"

/// A decoder small enough for a test, with grouped-query attention.
inline sancho::engine::ModelConfig small_config(bool tied = true) {
  sancho::engine::ModelConfig config;
  config.vocab_size = 320;
  config.hidden_size = 64;
  config.intermediate_size = 96;
  config.num_hidden_layers = 3;
  config.num_attention_heads = 4;
  config.num_key_value_heads = 2;
  config.head_dim = 16;
  config.max_position_embeddings = 512;
  config.tie_word_embeddings = tied;
  return config;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::remove(path);  // some file systems sync a file that is overwritten
  std::ofstream(path, std::ios::binary) << bytes;
}

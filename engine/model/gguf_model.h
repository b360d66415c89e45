#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "engine/checkpoint/ggml_blocks.h"
#include "engine/model/model.h"

namespace sancho::engine {

/// A model of a Llama or Mistral GGUF file. F32 and BF16 weights are used as they are, F16 becomes
/// f32 and Q4_0 int4 in groups of 32, which is exact; Q8_0, Q6_K, Q5_K and Q4_K are rounded to int8
/// rows. Throws std::runtime_error where the file is damaged or asks for what this decoder does not
/// do.
std::shared_ptr<const Model> load_gguf_model(const std::filesystem::path& path);

/// How `write_gguf_model` stores the weights. Rows that are not whole blocks of a type become F16.
struct GgufOptions {
  GgmlType type = GgmlType::f16;            // of the linear layers of the blocks
  GgmlType embedding_type = GgmlType::f16;  // of the embedding and the head
  std::string name;                         // what the model calls itself
  std::string chat_template;                // Jinja; empty: none
};

/// Writes a GGUF file that llama.cpp loads, atomically; adapters are merged. A model without a
/// tokenizer gives a vocabulary of bytes, which reads as none here. `on_row` is called after each
/// row of weights: what it throws ends the writing. Throws std::runtime_error where the tokenizer
/// is not of the byte-pair kind or the file cannot be written.
void write_gguf_model(const Model& model, const std::filesystem::path& path,
                      const GgufOptions& options, const std::function<void()>& on_row = {});

}  // namespace sancho::engine

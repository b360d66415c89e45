#pragma once

#include <filesystem>
#include <functional>

#include "engine/model/model.h"

namespace sancho::engine {

/// Writes a Hugging Face folder: config.json, generation_config.json, model.safetensors and, where
/// the model has a tokenizer, tokenizer.model and tokenizer_config.json; adapters are merged.
/// `type` is f32, f16 or bf16 (std::invalid_argument otherwise). Files that exist are replaced.
/// `on_layer` is called after each matrix: what it throws ends the writing.
void write_hf_folder(const Model& model, const std::filesystem::path& folder, DType type,
                     const std::function<void()>& on_layer = {});

}  // namespace sancho::engine

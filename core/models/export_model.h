#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/model/model.h"

namespace sancho::core {

/// What other programs get.
struct ExportOptions {
  std::string to = "gguf";     // gguf, hf or sancho
  std::string name = "model";  // of the model; a file is called after it
  std::string type;            // gguf: f32 f16 q8_0 q4_0, default f16; hf: f32 f16 bf16, default
                               // f32; sancho: as the model is
  std::string embedding_type;  // gguf: of the embedding and the head; empty: `type`, but q8_0
                               // beside q4_0, since four bits cost most there
};

struct ExportedModel {
  std::vector<std::filesystem::path> files;
  std::uint64_t bytes = 0;
};

/// Writes `model` into `folder`, which is made if missing; adapters are merged into the weights.
/// `on_progress` is told how many of how many rows (gguf) or matrices (others) are done. Throws
/// std::invalid_argument on an unknown word, std::runtime_error where writing fails or is stopped:
/// no file is then left half written.
ExportedModel export_model(const engine::Model& model, const std::filesystem::path& folder,
                           const ExportOptions& options,
                           const std::function<void(std::size_t, std::size_t)>& on_progress = {},
                           std::stop_token stop = {});

}  // namespace sancho::core

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "core/models/compression_report.h"
#include "engine/model/model.h"

namespace sancho::core {

/// What a model is, without running it.
struct ModelDescription {
  std::string architecture;                    // Hugging Face class name
  std::size_t parameters = 0;                  // zeros included
  std::uint64_t bytes = 0;                     // of weights in memory
  double sparsity = 0;                         // share of zeros in the blocks' linear layers
  std::map<std::string, std::size_t> formats;  // storage → linear layers stored so
  engine::ModelConfig config;
  bool has_tokenizer = false;
  std::string compression_json;                  // its report, where it was compressed here
  std::optional<CompressionReport> compression;  // the same
};

ModelDescription describe_model(const engine::Model& model);
/// Loads the model at `path`; throws std::runtime_error where it cannot be loaded.
ModelDescription describe_model(const std::filesystem::path& path);

}  // namespace sancho::core

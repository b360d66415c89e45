#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/checkpoint/safetensors.h"
#include "engine/compress/layer_compressor.h"
#include "engine/model/model.h"

namespace sancho::engine {

/// The compressed layers of one block at every level, and its norms.
struct CompressedBlock {
  std::map<std::string, std::vector<CompressedLayer>> layers;  // by name
  std::map<std::string, std::vector<float>> norms;
};

/// Compressed layers on disk: one file per block, each linear layer in one or several levels of
/// compression, mapped into memory. A model is put together from any choice of levels.
class LevelDatabase {
 public:
  static void write_block(const std::filesystem::path& folder, std::size_t block,
                          const CompressedBlock& content);

  /// Opens the files of all blocks of `source`'s shape. Tokenizer, metadata, embedding and head
  /// come from `source`, the last two as `tables`. Throws std::runtime_error where a file is
  /// missing or damaged.
  LevelDatabase(std::shared_ptr<const Model> source, const std::filesystem::path& folder,
                Storage tables);
  ~LevelDatabase();

  /// Linear layers of the blocks, in file order.
  const std::vector<std::string>& names() const { return names_; }
  std::size_t levels(std::size_t layer) const { return reports_[layer].size(); }
  const LayerReport& report(std::size_t layer, std::size_t level) const {
    return reports_[layer][level];
  }
  std::size_t weights(std::size_t layer) const;
  /// Bytes of everything that has no levels.
  std::size_t fixed_bytes() const;
  /// The model with layer i at level chosen[i]; it shares the mapped files.
  std::shared_ptr<const Model> model(std::span<const std::uint8_t> chosen) const;

 private:
  struct Parts;
  std::shared_ptr<const Parts> parts_;
  std::vector<std::string> names_;
  std::vector<std::vector<LayerReport>> reports_;  // [layer][level]
};

}  // namespace sancho::engine

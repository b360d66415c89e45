#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/compress/layer_compressor.h"
#include "engine/compress/level_database.h"
#include "engine/model/model.h"
#include "engine/train/dataset.h"

namespace sancho::engine {

struct CompressOptions {
  Format format{Storage::sparse_int8, 0.5};
  std::map<std::string, Format> formats;  // of layers that differ from it, by name
  LayerOptions layers;
  double smoothing = 0;  // SmoothQuant's α; 0: off
  std::size_t calibration_tokens = 65536;
  unsigned threads = 0;  // 0 = all processors
  /// Compressed blocks and activations are kept here until the caller removes them, so that a call
  /// with the same model, samples and options goes on where a stopped one ended. Empty: a temporary
  /// folder that goes when the call ends.
  std::filesystem::path folder;
};

struct CompressProgress {
  std::size_t layer = 0, layers = 0;
  std::string what;
};
using CompressSink = std::function<void(const CompressProgress&)>;

/// Opens the model, the same every time. It is opened anew for each block, so that of a mapped file
/// no more than a block stays in memory.
using ModelSource = std::function<std::shared_ptr<const Model>()>;

/// The levels that a layer is compressed to. The one that feeds the layers after it comes first.
using Levels = std::function<std::vector<Format>(const std::string& name, std::size_t weights)>;

/// The storage of embedding and head beside blocks in `format`: they gain little from less than
/// eight bits, and lose much.
Storage table_storage(const Format& format);

/// Compresses every linear layer of the blocks to all its levels into `options.folder`. Each block
/// is calibrated on the outputs of its compressed predecessors; memory holds one block, the moments
/// of one place and a piece of the activations. False when stopped. Throws std::runtime_error with
/// one sentence (no text to calibrate on, disk full).
bool compress_levels(const ModelSource& source, std::span<const TrainSample> calibration,
                     const Levels& levels, const CompressOptions& options,
                     const CompressSink& on_progress, std::stop_token stop);

struct Compressed {
  std::shared_ptr<const Model> model;  // null when stopped
  std::vector<LayerReport> layers;
};

/// Every layer in `options.format`. Embedding and head become rows in `table_storage`, norms stay
/// f32. Without samples only magnitude and round-to-nearest can be had.
Compressed compress(const ModelSource& source, std::span<const TrainSample> calibration,
                    const CompressOptions& options, const CompressSink& on_progress,
                    std::stop_token stop);

}  // namespace sancho::engine

#pragma once

#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

#include "engine/model/model.h"
#include "engine/train/dataset.h"

namespace sancho::engine {

enum class PruneMethod { magnitude, sparsegpt };

struct CompressOptions {
  Format format{Storage::sparse_int8, 0.5};
  PruneMethod method = PruneMethod::sparsegpt;
  std::size_t calibration_tokens = 65536;
  unsigned threads = 0;
};

struct CompressProgress {
  std::size_t layer = 0, layers = 0;
  std::string what;
};

/// Prunes and quantises every linear layer of the blocks, each layer calibrated on the outputs of
/// its compressed predecessors (FACTS §3). Embedding and head become int8 rows, norms stay f32.
std::shared_ptr<const Model> compress(
    const Model& model, std::span<const TrainSample> calibration, const CompressOptions& options,
    const std::function<void(const CompressProgress&)>& on_progress, std::stop_token stop);

}  // namespace sancho::engine

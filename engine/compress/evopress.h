#pragma once

#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/compress/compress.h"
#include "engine/compress/evolution.h"

namespace sancho::engine {

struct SearchOptions {
  /// `format`: the uniform model to start from, its share of zeros chosen to fit a budget where
  /// there is one; `folder` is needed.
  CompressOptions compress;
  /// budget 0: the bytes of the uniform model. Zeros that a dense storage keeps do not count.
  EvolutionOptions evolution;
  /// Tokens of calibration text among which fitness is measured.
  std::size_t fitness_tokens = 32768;
};

struct SearchProgress {
  std::size_t generation = 0, generations = 0;
  std::size_t bytes = 0;  // of the best model so far
  double divergence = 0;  // its mean token KL to the model it comes from, on the last batch
};

/// The levels of a layer around a format: for a sparse one (or a pruned f32 or bf16 one) other
/// shares of zeros in equal steps of weights, for int8 and int4 other widths and 2:4. The format
/// itself comes first.
Levels levels_around(const Format& format, std::size_t all_weights, std::size_t layers);

/// EvoPress over a model's layers: makes every level of every layer (compress_levels), then
/// searches the choice whose predictions are nearest to the dense model's within a budget of bytes.
/// Stopped, it goes on from `compress.folder`. The result's model is empty when stopped. Throws
/// std::runtime_error where no choice fits the budget.
Compressed search(const ModelSource& source, std::span<const TrainSample> calibration,
                  const SearchOptions& options, const CompressSink& on_layer,
                  const std::function<void(const SearchProgress&)>& on_generation,
                  std::stop_token stop);

}  // namespace sancho::engine

#pragma once

#include <span>
#include <string>

#include "engine/train/trainable.h"

namespace sancho::engine {

/// A word that two runs share only if options, data and starting weights are the same. What may
/// change between stop and resume (time limits, intervals, threads) is left out.
std::string fingerprint(const TrainOptions& options, const TrainableWeights& weights,
                        std::span<const TrainSample> train, std::span<const TrainSample> heldout);

}  // namespace sancho::engine

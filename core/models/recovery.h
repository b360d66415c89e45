#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>

#include "engine/model/model.h"
#include "engine/train/trainer.h"

namespace sancho::core {

struct RecoveryOptions {
  double minutes = 5;
  /// 0: by the model's share of zeros, more where more is gone.
  double learning_rate = 0;
  unsigned threads = 0;
  std::uint64_t seed = 1;
};

/// Trains what compression has left of a model, its zeros staying zeros, until it predicts as
/// `teacher` does: SquareHead and KL beside the text itself (Kurtić et al. 2023), by MicroAdam. The
/// result holds f32 weights in `folder`, where a stopped call goes on. Null when stopped.
std::shared_ptr<const engine::Model> recover(
    const engine::Model& compressed, std::shared_ptr<const engine::Model> teacher,
    std::span<const engine::TrainSample> samples, const RecoveryOptions& options,
    const std::filesystem::path& folder,
    const std::function<void(const engine::TrainProgress&)>& on_progress, std::stop_token stop);

}  // namespace sancho::core

#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "core/drafting/mail_index.h"
#include "core/personal/pause.h"
#include "core/personal/training.h"
#include "core/personal/version_store.h"
#include "core/playback/training_pair.h"
#include "engine/train/trainer.h"

namespace sancho::core {

/// The request with its "default"s replaced by what they stand for.
TrainRequest with_defaults(TrainRequest request);

/// What to do for a request, with this project's measured defaults. Throws std::invalid_argument
/// naming what there is, for a method or optimizer that is unknown or not built.
engine::TrainOptions train_options(const TrainRequest& request);

/// Where a training run finds its things. The pairs and the index are asked for only when a run
/// starts anew; a resumed one has its samples on disk.
struct TrainingPlace {
  std::filesystem::path folder;  // holds the versions, `training/` and the lock
  std::shared_ptr<const engine::Model> base;
  std::function<std::vector<TrainingPair>()> make_pairs;
  std::function<MailIndex&()> index;
  PowerSupply power{};
};

/// Trains a personal model and makes it the active version. One run at a time in one folder. A
/// stopped or killed run leaves `training/` for a resumed one, which takes its request from there.
/// Waits while `request_pause` asks for it and, unless the request says otherwise, while the
/// computer runs on its battery; `paused` in the progress says why.
/// Throws std::runtime_error before it starts where pairs, memory or disk will not do.
TrainResult run_training(const TrainingPlace& place, const TrainRequest& request,
                         const std::function<void(const TrainStatus&)>& on_progress,
                         std::stop_token stop);

/// Whether a stopped run waits there.
bool training_waits(const std::filesystem::path& folder);

}  // namespace sancho::core

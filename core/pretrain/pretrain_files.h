#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/pretrain/pretrain_job.h"
#include "engine/train/trainer.h"

namespace sancho::core {

/// Where each thing of a pretraining run lies. Internal to core/pretrain.
struct PretrainPaths {
  explicit PretrainPaths(const std::filesystem::path& out);
  std::filesystem::path tokenizer, train, heldout, corpus, initial, dense, dense_report, pruned,
      model, report, dense_checkpoints, sparse_checkpoints;
};

/// Of the held-out samples, those that are measured while training.
inline constexpr std::size_t watched_samples = 300;

unsigned thread_count(const PretrainOptions& options);
/// An empty object where there is no such file or it holds no object.
nlohmann::json read_json(const std::filesystem::path& path);
std::vector<engine::TrainSample> first_samples(std::vector<engine::TrainSample> samples,
                                               std::size_t count);
/// A training report with its curve thinned to about 400 points.
nlohmann::json training_json(const engine::TrainReport& report);
std::function<void(const engine::TrainProgress&)> training_sink(const PretrainSink& on_progress,
                                                                const char* phase);

}  // namespace sancho::core

#include "core/models/recovery.h"

#include <algorithm>

namespace sancho::core {

namespace {

/// Of the samples, those that say when to stop: one in so many, and how many at most.
constexpr std::size_t watched_part = 20, watched_most = 200;

/// More zeros want larger steps.
double rate_for(double sparsity) {
  return sparsity > 0.65 ? 4e-4 : sparsity > 0.55 ? 3e-4 : 2e-4;
}

}  // namespace

std::shared_ptr<const engine::Model> recover(
    const engine::Model& compressed, std::shared_ptr<const engine::Model> teacher,
    std::span<const engine::TrainSample> samples, const RecoveryOptions& options,
    const std::filesystem::path& folder,
    const std::function<void(const engine::TrainProgress&)>& on_progress, std::stop_token stop) {
  engine::TrainOptions training;
  training.method = engine::TrainMethod::sparse;
  training.optimizer = engine::OptimizerKind::microadam;
  training.schedule = engine::TrainOptions::Schedule::cosine;
  training.epochs = 1000;  // the time limit ends it
  training.max_seconds = options.minutes * 60;
  training.learning_rate =
      options.learning_rate > 0 ? options.learning_rate : rate_for(compressed.sparsity());
  training.min_learning_rate_ratio = 0.05;
  training.warmup_steps = 20;
  training.train_embeddings = false;
  training.eval_every_seconds = std::max(10.0, options.minutes * 6);
  training.checkpoint_every_seconds = 60;
  training.seed = options.seed;
  training.threads = options.threads;
  training.teacher = std::move(teacher);

  std::vector<engine::TrainSample> train, watched;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const bool watch = i % watched_part == 0 && watched.size() < watched_most;
    (watch ? watched : train).push_back(samples[i]);
  }
  std::filesystem::create_directories(folder);
  engine::Trainer trainer(compressed, training);
  if (!trainer.run(train, watched, folder, true, on_progress, stop).finished) return nullptr;
  const auto file = folder / "recovered.safetensors";
  trainer.save(file, engine::Storage::f32, {});
  return engine::Model::load(file);
}

}  // namespace sancho::core

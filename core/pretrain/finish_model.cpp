#include <algorithm>
#include <cmath>

#include "core/pretrain/pretrain_files.h"
#include "core/pretrain/pretrain_job.h"
#include "engine/checkpoint/atomic_file.h"
#include "engine/compress/compress.h"

namespace sancho::core {

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::size_t calibration_samples = 512;
constexpr double ln2 = 0.6931471805599453;

/// Held-out loss per token and per byte of mail.
json quality(const std::shared_ptr<const engine::Model>& model,
             const std::vector<engine::TrainSample>& samples, unsigned threads,
             std::stop_token stop) {
  const auto loss = engine::evaluate_loss(model, samples, threads, stop);
  std::size_t bytes = 0;
  for (const auto& sample : samples)
    bytes += model->tokenizer().decode(std::span(sample.tokens).subspan(sample.loss_from)).size();
  return {{"samples", samples.size()},
          {"tokens", loss.tokens},
          {"nll", loss.mean()},
          {"perplexity", std::exp(loss.mean())},
          {"bits_per_byte", bytes ? loss.nll_sum / ln2 / static_cast<double>(bytes) : 0.0}};
}

}  // namespace

bool finish_model(const PretrainOptions& options, const PretrainSink& on_progress,
                  std::stop_token stop) {
  const PretrainPaths paths(options.out);
  const auto threads = thread_count(options);
  const auto train = engine::read_token_file(paths.train);
  const auto heldout = engine::read_token_file(paths.heldout);
  const auto watched = first_samples(heldout, watched_samples);
  const auto dense = engine::Model::load(paths.dense);
  const engine::Format format{engine::Storage::sparse_int8, options.sparsity};

  if (!options.resume || !fs::exists(paths.pruned)) {
    engine::CompressOptions compression;
    compression.format = format;
    compression.threads = threads;
    const auto pruned = engine::compress(
        [&] { return dense; }, std::span(train).first(std::min(train.size(), calibration_samples)),
        compression,
        [&](const engine::CompressProgress& p) {
          if (on_progress) on_progress({"pruning", p.layer, p.layers, 0, {}, 0, 0});
        },
        stop);
    if (!pruned.model) return false;
    pruned.model->save(paths.pruned);
  }
  const auto pruned = engine::Model::load(paths.pruned);
  json recovery;
  if (options.recovery_minutes > 0) {
    engine::TrainOptions training;
    training.method = engine::TrainMethod::sparse;
    training.optimizer = engine::OptimizerKind::adamw;
    training.schedule = engine::TrainOptions::Schedule::cosine;
    training.epochs = 100;
    training.max_seconds = options.recovery_minutes * 60;
    training.learning_rate = options.learning_rate / 5;
    training.min_learning_rate_ratio = 0.05;
    training.warmup_steps = 20;
    training.batch_tokens = options.batch_tokens;
    training.eval_every_seconds = 120;
    training.checkpoint_every_seconds = 60;
    training.seed = options.seed + 1;
    training.threads = threads;
    fs::create_directories(paths.sparse_checkpoints);
    engine::Trainer trainer(*pruned, training);
    const auto report = trainer.run(train, watched, paths.sparse_checkpoints, options.resume,
                                    training_sink(on_progress, "recovery"), stop);
    if (!report.finished) return false;
    recovery = training_json(report);
    trainer.save(paths.model, engine::Storage::sparse_int8, {{"made_by", options.command}});
  } else {
    pruned->save(paths.model, {{"made_by", options.command}});
  }

  const auto model = engine::Model::load(paths.model);
  const json report{{"command", options.command},
                    {"seed", options.seed},
                    {"config", json::parse(engine::model_config_to_json(model->config()))},
                    {"parameters", engine::parameter_count(model->config())},
                    {"format", engine::format_name(format)},
                    {"sparsity", model->sparsity()},
                    {"dense_bytes", fs::file_size(paths.dense)},
                    {"bytes", fs::file_size(paths.model)},
                    {"corpus", read_json(paths.corpus)},
                    {"training", read_json(paths.dense_report)},
                    {"recovery", recovery},
                    {"heldout",
                     {{"dense", quality(dense, heldout, threads, stop)},
                      {"pruned", quality(pruned, heldout, threads, stop)},
                      {"built-in", quality(model, heldout, threads, stop)}}}};
  if (stop.stop_requested()) return false;
  engine::replace_file(paths.report, report.dump(2) + "\n");
  return true;
}

bool pretrain(const PretrainOptions& options, const PretrainSink& on_progress,
              std::stop_token stop) {
  make_token_files(options, on_progress, stop);
  return !stop.stop_requested() && train_dense_model(options, on_progress, stop) &&
         finish_model(options, on_progress, stop);
}

}  // namespace sancho::core

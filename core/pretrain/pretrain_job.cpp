#include "core/pretrain/pretrain_job.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "core/playback/atomic_file.h"
#include "core/pretrain/corpus.h"
#include "core/pretrain/pretrain_samples.h"
#include "core/pretrain/tokenizer_training.h"
#include "engine/compress/compress.h"
#include "engine/train/trainer.h"

namespace sancho::core {

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::size_t tokenizer_bytes = 12u << 20;
constexpr std::size_t heldout_samples = 300;      // measured while training
constexpr std::size_t calibration_samples = 512;  // for pruning
constexpr double ln2 = 0.6931471805599453;

struct Paths {
  explicit Paths(const fs::path& out)
      : tokenizer(out / "tokenizer.model"),
        train(out / "train.tok"),
        heldout(out / "heldout.tok"),
        corpus(out / "corpus.json"),
        dense(out / "dense.safetensors"),
        dense_report(out / "dense.json"),
        pruned(out / "pruned.safetensors"),
        model(out / "built-in.safetensors"),
        report(out / "report.json"),
        dense_checkpoints(out / "dense"),
        sparse_checkpoints(out / "sparse") {}
  fs::path tokenizer, train, heldout, corpus, dense, dense_report, pruned, model, report,
      dense_checkpoints, sparse_checkpoints;
};

unsigned thread_count(const PretrainOptions& options) {
  return options.threads ? options.threads : std::max(1u, std::thread::hardware_concurrency());
}

json read_json(const fs::path& path) {
  std::ifstream file(path);
  const json value = file ? json::parse(file, nullptr, false) : json();
  return value.is_object() ? value : json::object();
}

std::size_t token_count(const std::vector<engine::TrainSample>& samples) {
  std::size_t tokens = 0;
  for (const auto& sample : samples) tokens += sample.tokens.size();
  return tokens;
}

std::vector<engine::TrainSample> first_samples(std::vector<engine::TrainSample> samples,
                                               std::size_t count) {
  if (samples.size() > count) samples.resize(count);
  return samples;
}

json curve_of(const engine::TrainReport& report) {
  json curve = json::array();
  const std::size_t every = std::max<std::size_t>(1, report.curve.size() / 400);
  for (std::size_t i = 0; i < report.curve.size(); ++i) {
    const auto& point = report.curve[i];
    if (i % every && !point.heldout_loss && i + 1 != report.curve.size()) continue;
    json entry{{"step", point.step}, {"seconds", point.seconds}, {"loss", point.loss}};
    if (point.heldout_loss) entry["heldout_loss"] = *point.heldout_loss;
    curve.push_back(std::move(entry));
  }
  return curve;
}

json training_json(const engine::TrainReport& report) {
  return {{"steps", report.steps},
          {"tokens", report.tokens},
          {"seconds", report.seconds},
          {"tokens_per_second", report.tokens_per_second},
          {"loss_first", report.loss_first},
          {"loss_last", report.loss_last},
          {"heldout_loss_before", report.heldout_loss_before},
          {"heldout_loss_after", report.heldout_loss_after},
          {"curve", curve_of(report)}};
}

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

std::function<void(const engine::TrainProgress&)> training_sink(const PretrainSink& on_progress,
                                                                const char* phase) {
  return [&on_progress, phase](const engine::TrainProgress& p) {
    if (on_progress)
      on_progress({phase, p.step, p.total_steps, p.loss, p.heldout_loss, p.tokens_per_second,
                   p.seconds_left});
  };
}

}  // namespace

void make_token_files(const PretrainOptions& options, const PretrainSink& on_progress,
                      std::stop_token stop) {
  const Paths paths(options.out);
  fs::create_directories(options.out);
  // corpus.json is written last: where it is, the others are whole.
  const json wanted{{"vocab_size", options.vocab_size}, {"seed", options.seed}};
  if (options.resume && read_json(paths.corpus).value("options", json()) == wanted) return;

  const auto say = [&](const char* phase, std::size_t done, std::size_t total) {
    if (on_progress) on_progress({phase, done, total, 0, {}, 0, 0});
  };
  const Corpus corpus = read_corpus(
      options.corpus, [&](std::size_t n) { say("corpus", n, 0); }, stop);
  if (stop.stop_requested()) return;
  say("tokenizer", 0, 1);
  const auto tokenizer = train_tokenizer(tokenizer_texts(corpus, tokenizer_bytes, options.seed),
                                         options.vocab_size, thread_count(options));
  replace_file(paths.tokenizer, tokenizer.serialized());
  SampleOptions sampling;
  sampling.seed = options.seed;
  const auto samples = make_pretrain_samples(
      corpus, tokenizer, sampling,
      [&](std::size_t done, std::size_t total) { say("samples", done, total); }, stop);
  if (stop.stop_requested()) return;
  if (samples.train.empty() || samples.heldout.empty())
    throw std::runtime_error("The corpus in " + options.corpus.string() +
                             " is too small: it gives no training or no held-out samples.");
  engine::write_token_file(paths.train, samples.train, tokenizer.vocab_size());
  engine::write_token_file(paths.heldout, samples.heldout, tokenizer.vocab_size());
  const json report{{"options", wanted},
                    {"read", corpus.read},
                    {"dropped", corpus.dropped},
                    {"mails", corpus.mails.size()},
                    {"samples", samples.kinds},
                    {"train_samples", samples.train.size()},
                    {"train_tokens", token_count(samples.train)},
                    {"heldout_samples", samples.heldout.size()},
                    {"heldout_tokens", token_count(samples.heldout)}};
  replace_file(paths.corpus, report.dump(2) + "\n");
}

bool train_dense_model(const PretrainOptions& options, const PretrainSink& on_progress,
                       std::stop_token stop) {
  const Paths paths(options.out);
  if (options.resume && fs::exists(paths.dense) && fs::exists(paths.dense_report)) return true;
  const auto tokenizer = engine::Tokenizer::load(paths.tokenizer);
  const auto train = engine::read_token_file(paths.train);
  const auto heldout = first_samples(engine::read_token_file(paths.heldout), heldout_samples);

  engine::ModelConfig shape = options.shape;
  shape.vocab_size = tokenizer.vocab_size();
  shape.bos_token_id = tokenizer.bos_id();
  shape.eos_token_id = tokenizer.eos_id();

  engine::TrainOptions training;
  training.method = engine::TrainMethod::full;
  training.optimizer = engine::OptimizerKind::adamw;
  training.schedule = engine::TrainOptions::Schedule::cosine;
  training.epochs = 100;  // the time limit ends it
  training.max_seconds = options.minutes * 60;
  training.learning_rate = options.learning_rate;
  training.min_learning_rate_ratio = 0.05;
  training.warmup_steps = 100;
  training.weight_decay = 0.05;
  training.batch_tokens = options.batch_tokens;
  training.eval_every_seconds = 300;
  training.checkpoint_every_seconds = 120;
  training.keep_best = false;
  training.seed = options.seed;
  training.threads = thread_count(options);

  fs::create_directories(paths.dense_checkpoints);
  const auto start = engine::make_initial_model(shape, tokenizer, options.seed);
  engine::Trainer trainer(*start, training);
  const auto report = trainer.run(train, heldout, paths.dense_checkpoints, options.resume,
                                  training_sink(on_progress, "training"), stop);
  if (!report.finished) return false;
  trainer.save(paths.dense, engine::Storage::f32, {});
  replace_file(paths.dense_report, training_json(report).dump(2) + "\n");
  return true;
}

bool finish_model(const PretrainOptions& options, const PretrainSink& on_progress,
                  std::stop_token stop) {
  const Paths paths(options.out);
  const auto threads = thread_count(options);
  const auto train = engine::read_token_file(paths.train);
  const auto heldout = engine::read_token_file(paths.heldout);
  const auto watched = first_samples(heldout, heldout_samples);
  const auto dense = engine::Model::load(paths.dense);
  const engine::Format format{engine::Storage::sparse_int8, options.sparsity};

  if (!options.resume || !fs::exists(paths.pruned)) {
    engine::CompressOptions compression;
    compression.format = format;
    compression.threads = threads;
    const auto pruned = engine::compress(
        *dense, std::span(train).first(std::min(train.size(), calibration_samples)), compression,
        [&](const engine::CompressProgress& p) {
          if (on_progress) on_progress({"pruning", p.layer, p.layers, 0, {}, 0, 0});
        },
        stop);
    if (stop.stop_requested() || !pruned) return false;
    pruned->save(paths.pruned);
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
  replace_file(paths.report, report.dump(2) + "\n");
  return true;
}

bool pretrain(const PretrainOptions& options, const PretrainSink& on_progress,
              std::stop_token stop) {
  make_token_files(options, on_progress, stop);
  return !stop.stop_requested() && train_dense_model(options, on_progress, stop) &&
         finish_model(options, on_progress, stop);
}

}  // namespace sancho::core

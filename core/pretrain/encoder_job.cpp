#include "core/pretrain/encoder_job.h"

#include <stdexcept>

#include "core/pretrain/encoder_pairs.h"
#include "core/pretrain/pretrain_files.h"
#include "engine/checkpoint/atomic_file.h"
#include "engine/model/model_builder.h"
#include "retrieval/hybrid_index.h"

namespace sancho::core {

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

struct EncoderPaths {
  explicit EncoderPaths(const fs::path& out)
      : train(out / "pairs.tok"),
        heldout(out / "heldout-pairs.tok"),
        pairs(out / "pairs.json"),
        checkpoints(out / "checkpoints"),
        model(out / "encoder.safetensors"),
        report(out / "encoder.json") {}
  fs::path train, heldout, pairs, checkpoints, model, report;
};

/// The first layers of a decoder.
std::shared_ptr<const engine::Model> first_layers(const std::shared_ptr<const engine::Model>& whole,
                                                  std::size_t layers) {
  engine::ModelConfig config = whole->config();
  config.num_hidden_layers = std::min(config.num_hidden_layers, layers);
  engine::ModelBuilder builder(config);
  builder.tokenizer(whole->tokenizer()).keep_alive(whole);
  for (const std::string& name : engine::linear_names(config))
    builder.linear(name, engine::linear_by_name(*whole, name));
  for (const std::string& name : engine::norm_names(config))
    builder.norm(name, engine::norm_by_name(*whole, name));
  return builder.build();
}

/// False where it was stopped.
bool make_pair_files(const EncoderOptions& options, const engine::Tokenizer& tokenizer,
                     const PretrainSink& on_progress, std::stop_token stop) {
  const EncoderPaths paths(options.out);
  const PairOptions wanted{.seed = options.seed};
  // pairs.json is written last: where it is, the others are whole.
  if (options.resume && read_json(paths.pairs).value("seed", json()) == json(wanted.seed))
    return true;
  const auto say = [&](const char* phase, std::size_t done, std::size_t total) {
    if (on_progress) on_progress({phase, done, total, 0, {}, 0, 0});
  };
  const Corpus corpus = read_corpus(
      options.corpus, [&](std::size_t n) { say("corpus", n, 0); }, stop);
  const auto pairs = make_encoder_pairs(
      corpus, tokenizer, wanted,
      [&](std::size_t done, std::size_t total) { say("pairs", done, total); }, stop);
  if (stop.stop_requested()) return false;
  if (pairs.train.empty() || pairs.heldout.empty())
    throw std::runtime_error("The corpus in " + options.corpus.string() +
                             " is too small: it gives no training or no held-out pairs.");
  engine::write_token_file(paths.train, pairs.train, tokenizer.vocab_size());
  engine::write_token_file(paths.heldout, pairs.heldout, tokenizer.vocab_size());
  const json report{{"seed", wanted.seed},
                    {"pairs", pairs.kinds},
                    {"train", pairs.train.size()},
                    {"heldout", pairs.heldout.size()}};
  engine::replace_file(paths.pairs, report.dump(2) + "\n");
  return true;
}

engine::TrainOptions training_of(const EncoderOptions& options) {
  engine::TrainOptions training;
  training.method = engine::TrainMethod::sparse;
  training.optimizer = engine::OptimizerKind::adamw;
  training.schedule = engine::TrainOptions::Schedule::cosine;
  training.epochs = 100;  // the time limit ends it
  training.max_steps = options.steps;
  training.max_seconds = options.steps > 0 ? 0 : options.minutes * 60;
  training.learning_rate = options.learning_rate;
  training.min_learning_rate_ratio = 0.02;
  training.warmup_steps = 30;
  training.weight_decay = 0.01;
  training.batch_tokens = options.batch_tokens;
  training.contrastive_temperature = options.temperature;
  training.neighbours = 8;
  training.eval_every_seconds = 120;
  training.checkpoint_every_seconds = 60;
  training.keep_best = false;
  training.seed = options.seed;
  training.threads = options.threads;
  return training;
}

}  // namespace

bool make_encoder(const EncoderOptions& options, const PretrainSink& on_progress,
                  std::stop_token stop) {
  const EncoderPaths paths(options.out);
  fs::create_directories(options.out);
  const auto decoder = engine::Model::load(options.start);
  if (!make_pair_files(options, decoder->tokenizer(), on_progress, stop)) return false;
  const auto train = engine::read_token_file(paths.train);
  const auto heldout = first_samples(engine::read_token_file(paths.heldout), watched_samples);

  const auto start = first_layers(decoder, options.layers);
  engine::Trainer trainer(*start, training_of(options));
  const auto report = trainer.run(train, heldout, paths.checkpoints, options.resume,
                                  training_sink(on_progress, "training"), stop);
  if (!report.finished) return false;
  trainer.save(paths.model, engine::Storage::sparse_int8,
               {{retrieval::pooling_key, "mean"}, {"made_by", options.command}});
  const auto model = engine::Model::load(paths.model);
  const json written{
      {"command", options.command},      {"parameters", engine::parameter_count(model->config())},
      {"sparsity", model->sparsity()},   {"bytes", fs::file_size(paths.model)},
      {"pairs", read_json(paths.pairs)}, {"training", training_json(report)}};
  engine::replace_file(paths.report, written.dump(2) + "\n");
  return true;
}

}  // namespace sancho::core

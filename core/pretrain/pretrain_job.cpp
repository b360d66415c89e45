#include "core/pretrain/pretrain_job.h"

#include <stdexcept>

#include "core/pretrain/corpus.h"
#include "core/pretrain/pretrain_files.h"
#include "core/pretrain/pretrain_samples.h"
#include "core/pretrain/tokenizer_training.h"
#include "engine/checkpoint/atomic_file.h"
#include "engine/train/grown_model.h"
#include "engine/train/train_state.h"
#include "engine/train/trainer.h"

namespace sancho::core {

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::size_t tokenizer_bytes = 12u << 20;

std::size_t token_count(const std::vector<engine::TrainSample>& samples) {
  std::size_t tokens = 0;
  for (const auto& sample : samples) tokens += sample.tokens.size();
  return tokens;
}

/// Where training starts; kept as a file, so that another program can start from the same.
std::shared_ptr<const engine::Model> initial_model(const PretrainOptions& options,
                                                   const engine::Tokenizer& tokenizer) {
  if (!options.start.empty()) {
    auto start = engine::Model::load(options.start);
    return options.layers == 0 ? start : engine::grow_layers(*start, options.layers);
  }
  engine::ModelConfig shape = options.shape;
  shape.vocab_size = tokenizer.vocab_size();
  shape.bos_token_id = tokenizer.bos_id();
  shape.eos_token_id = tokenizer.eos_id();
  const auto model = engine::make_initial_model(shape, tokenizer, options.seed);
  model->save(PretrainPaths(options.out).initial);
  return model;
}

}  // namespace

void make_token_files(const PretrainOptions& options, const PretrainSink& on_progress,
                      std::stop_token stop) {
  const PretrainPaths paths(options.out);
  fs::create_directories(options.out);
  // corpus.json is written last: where it is, the others are whole.
  const json wanted{{"vocab_size", options.vocab_size}, {"seed", options.seed},
                    {"prose", options.prose_share},     {"plain", options.plain_share},
                    {"stored", options.stored_share},   {"errands", options.errand_share},
                    {"passes", options.passes}};
  if (options.resume && read_json(paths.corpus).value("options", json()) == wanted) return;

  const auto say = [&](const char* phase, std::size_t done, std::size_t total) {
    if (on_progress) on_progress({phase, done, total, 0, {}, 0, 0});
  };
  const Corpus corpus = read_corpus(
      options.corpus, [&](std::size_t n) { say("corpus", n, 0); }, stop);
  if (stop.stop_requested()) return;
  say("tokenizer", 0, 1);
  const auto tokenizer =
      options.start.empty()
          ? train_tokenizer(tokenizer_texts(corpus, tokenizer_bytes, options.seed),
                            options.vocab_size, thread_count(options))
          : engine::Model::load(options.start)->tokenizer();
  engine::replace_file(paths.tokenizer, tokenizer.serialized());
  SampleOptions sampling;
  sampling.seed = options.seed;
  sampling.prose_share = options.prose_share;
  sampling.plain_share = options.plain_share;
  sampling.stored_share = options.stored_share;
  sampling.errand_share = options.errand_share;
  sampling.passes = options.passes;
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
  engine::replace_file(paths.corpus, report.dump(2) + "\n");
}

std::vector<std::string> readable_samples(const PretrainOptions& options, std::size_t count) {
  const PretrainPaths paths(options.out);
  const auto tokenizer = engine::Tokenizer::load(paths.tokenizer);
  std::vector<std::string> texts;
  for (const auto& sample : first_samples(engine::read_token_file(paths.train), count)) {
    std::string text;
    std::vector<engine::TokenId> words;
    const auto flush = [&] { text += tokenizer.decode(words), words.clear(); };
    for (std::size_t i = 0; i < sample.tokens.size(); ++i) {
      if (i == sample.loss_from) flush(), text += "⟦";
      if (tokenizer.is_control(sample.tokens[i]))
        flush(), text += "\n" + tokenizer.piece(sample.tokens[i]) + " ";
      else
        words.push_back(sample.tokens[i]);
    }
    flush();
    texts.push_back(std::move(text));
  }
  return texts;
}

bool train_dense_model(const PretrainOptions& options, const PretrainSink& on_progress,
                       std::stop_token stop) {
  const PretrainPaths paths(options.out);
  const auto state = engine::train_state_path(paths.dense_checkpoints);
  if (options.resume && fs::exists(paths.dense) && fs::exists(paths.dense_report)) {
    const double seconds = read_json(paths.dense_report).value("seconds", 0.0);
    const bool more_time = options.steps == 0 && seconds + 1 < options.minutes * 60;
    if (!more_time || !fs::exists(state)) return true;
  }
  const auto tokenizer = engine::Tokenizer::load(paths.tokenizer);
  const auto train = engine::read_token_file(paths.train);
  const auto heldout = first_samples(engine::read_token_file(paths.heldout), watched_samples);

  engine::TrainOptions training;
  training.method = engine::TrainMethod::full;
  training.optimizer = engine::OptimizerKind::adamw;
  training.schedule = engine::TrainOptions::Schedule::cosine;
  training.epochs = 100;  // the time limit ends it
  training.max_steps = options.steps;
  training.max_seconds = options.steps > 0 ? 0 : options.minutes * 60;
  training.bf16_matmul = options.bf16_products;
  training.learning_rate = options.learning_rate;
  training.min_learning_rate_ratio = 0.05;
  training.warmup_steps = 100;
  training.weight_decay = 0.05;
  training.beta2 = 0.95;
  training.batch_tokens = options.batch_tokens;
  training.eval_every_seconds = 300;
  training.checkpoint_every_seconds = 120;
  training.keep_best = false;
  training.seed = options.seed;
  training.threads = thread_count(options);

  fs::create_directories(paths.dense_checkpoints);
  const auto start = initial_model(options, tokenizer);
  engine::Trainer trainer(*start, training);
  const auto report = trainer.run(train, heldout, paths.dense_checkpoints, options.resume,
                                  training_sink(on_progress, "training"), stop);
  if (!report.finished) return false;
  fs::remove(paths.pruned);  // made from an earlier dense model, if it is there
  fs::remove(engine::train_state_path(paths.sparse_checkpoints));
  trainer.save(paths.dense, engine::Storage::f32, {});
  engine::replace_file(paths.dense_report, training_json(report).dump(2) + "\n");
  return true;
}

}  // namespace sancho::core

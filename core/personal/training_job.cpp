#include "core/personal/training_job.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <stdexcept>

#include "core/personal/file_lock.h"
#include "core/personal/resources_check.h"
#include "core/personal/training_samples.h"
#include "engine/checkpoint/atomic_file.h"
#include "engine/train/make_optimizer.h"

namespace sancho::core {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t fewest_pairs = 20;

// Passes over the mail when nobody says how many. An adapter takes as many as fit into an amount of
// work, so that the number does not depend on how busy the computer is: on two cores the built-in
// model does this much in about seven minutes. A whole model learns much mail in two passes and
// begins to know it by heart in a third; little mail needs more of them.
constexpr double default_work = 1.3e13;     // trained tokens × parameters
constexpr double whole_model_tokens = 4e5;  // trained tokens that suffice
constexpr double fewest_epochs = 1, fewest_whole_epochs = 2, most_epochs = 6;

/// What a run was asked to do: training/request.json, written when its samples are on disk.
struct RunRecord {
  TrainRequest request;
  std::string version, base;
  std::size_t pairs = 0;
};

fs::path run_folder(const fs::path& folder) {
  return folder / "training";
}
fs::path record_file(const fs::path& folder) {
  return run_folder(folder) / "request.json";
}

void write_record(const fs::path& folder, const RunRecord& run) {
  const json j = {{"method", run.request.method},
                  {"optimizer", run.request.optimizer},
                  {"epochs", run.request.epochs},
                  {"threads", run.request.threads},
                  {"version", run.version},
                  {"base", run.base},
                  {"pairs", run.pairs}};
  engine::AtomicFile file(record_file(folder));
  file.write(j.dump(2) + "\n");
  file.commit();
}

RunRecord read_record(const fs::path& folder) {
  try {
    std::ifstream in(record_file(folder));
    const json j = json::parse(in);
    RunRecord run;
    run.request.method = j.at("method");
    run.request.optimizer = j.at("optimizer");
    run.request.epochs = j.at("epochs");
    run.request.threads = j.at("threads");
    run.version = j.at("version");
    run.base = j.at("base");
    run.pairs = j.at("pairs");
    return run;
  } catch (const json::exception&) {
    throw std::runtime_error("The stopped training in " + run_folder(folder).string() +
                             " is damaged: start it anew.");
  }
}

struct PreparedRun {
  RunRecord record;
  TrainingSamples samples;
};

PreparedRun resume_run(const TrainingPlace& place) {
  if (!training_waits(place.folder))
    throw std::runtime_error("No stopped training waits to be resumed: start one first.");
  PreparedRun run{read_record(place.folder), {}};
  if (run.record.base != retrieval::model_fingerprint(*place.base))
    throw std::runtime_error("The stopped training began from another base model: start it anew.");
  run.samples.train = engine::read_token_file(run_folder(place.folder) / "train.tokens");
  run.samples.heldout = engine::read_token_file(run_folder(place.folder) / "heldout.tokens");
  return run;
}

double default_epochs(std::span<const engine::TrainSample> samples,
                      const engine::ModelConfig& config, bool adapter) {
  double tokens = 0;
  for (const auto& sample : samples) tokens += static_cast<double>(sample.tokens.size());
  const auto work = tokens * static_cast<double>(engine::parameter_count(config));
  const double by_work = std::clamp(std::floor(default_work / work), fewest_epochs, most_epochs);
  if (adapter) return by_work;
  return std::min(by_work, std::max(std::round(whole_model_tokens / tokens), fewest_whole_epochs));
}

/// Empty where it was stopped on the way.
std::optional<PreparedRun> start_run(const TrainingPlace& place, const TrainRequest& request,
                                     const engine::TrainOptions& options,
                                     const std::function<void(const TrainStatus&)>& on_progress,
                                     std::stop_token stop) {
  const auto report = [&](const char* phase, std::size_t step, std::size_t total) {
    if (!on_progress) return;
    TrainStatus status;
    status.phase = phase;
    status.step = step;
    status.total_steps = total;
    on_progress(status);
  };
  check_room_for(training_needs(*place.base, options), place.folder);
  report("playback", 0, 0);
  auto pairs = place.make_pairs();
  if (stop.stop_requested()) return {};

  PreparedRun run;
  for (const auto& pair : pairs) run.record.pairs += !pair.heldout;
  if (run.record.pairs < fewest_pairs)
    throw std::runtime_error("Fine-tuning needs at least " + std::to_string(fewest_pairs) +
                             " of your own mails and found " + std::to_string(run.record.pairs) +
                             ": import more mail or confirm which addresses are yours.");
  add_related_mail(
      pairs, place.index(),
      [&](std::size_t done, std::size_t total) { report("retrieval", done, total); }, stop);
  if (stop.stop_requested()) return {};

  const auto& config = place.base->config();
  run.samples = make_samples(pairs, PromptLayout(place.base->tokenizer()),
                             std::min(options.max_sample_tokens, config.max_position_embeddings));
  run.record.request = with_defaults(request);
  if (request.epochs == 0)
    run.record.request.epochs =
        default_epochs(run.samples.train, config, engine::trains_adapter(options.method));
  run.record.version = VersionStore(place.folder).next_name();
  run.record.base = retrieval::model_fingerprint(*place.base);

  const fs::path folder = run_folder(place.folder);
  fs::remove_all(folder);
  fs::create_directories(folder);
  engine::write_token_file(folder / "train.tokens", run.samples.train, config.vocab_size);
  engine::write_token_file(folder / "heldout.tokens", run.samples.heldout, config.vocab_size);
  write_record(place.folder, run.record);
  return run;
}

/// The storage that the finished weights go into: the base's own.
engine::Storage storage_of(const engine::Model& model) {
  if (model.layers().empty()) throw std::runtime_error("This model has no layers to train.");
  return model.layers().front().q_proj->storage();
}

/// Few enough points to keep and to draw, with every held-out loss and the last step.
std::vector<LossPoint> thinned(std::span<const engine::TrainProgress> curve) {
  constexpr std::size_t most = 300;
  const std::size_t every = curve.size() / most + 1;
  std::vector<LossPoint> points;
  for (std::size_t i = 0; i < curve.size(); ++i)
    if (i % every == 0 || i + 1 == curve.size() || curve[i].heldout_loss)
      points.push_back({curve[i].step, curve[i].loss, curve[i].heldout_loss});
  return points;
}

TrainFigures figures(const RunRecord& run, const engine::TrainReport& trained) {
  TrainFigures f;
  f.pairs = run.pairs;
  f.steps = trained.steps;
  f.tokens = trained.tokens;
  f.trainable_parameters = trained.trainable_parameters;
  f.loss_first = trained.loss_first;
  f.loss_last = trained.loss_last;
  f.heldout_ppl_before = std::exp(trained.heldout_loss_before);
  f.heldout_ppl_after = std::exp(trained.heldout_loss_after);
  f.optimizer_bytes_per_parameter = trained.optimizer_bytes_per_parameter;
  f.tokens_per_second = trained.tokens_per_second;
  f.seconds = trained.seconds;
  f.peak_memory = peak_memory();
  f.curve = thinned(trained.curve);
  return f;
}

std::int64_t unix_time() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// Steps of the same rate differ in length. AdamW's was tuned on the held-out mail of two people;
/// those of the experimental optimizers are known to work.
double rate_beside_microadam(engine::OptimizerKind optimizer) {
  switch (optimizer) {
    case engine::OptimizerKind::microadam:
      return 1;
    case engine::OptimizerKind::adamw:
      return 0.36;
    case engine::OptimizerKind::mfac:
      return 1.4;
    case engine::OptimizerKind::ggt:
      return 140;
  }
  return 1;
}

}  // namespace

TrainRequest with_defaults(TrainRequest request) {
  if (request.method == "default") request.method = "sparse";
  // Adapters are so small that AdamW's state is too, and MicroAdam would move few of their weights.
  const bool adapter = request.method == "rosa" || request.method == "lora";
  if (request.optimizer == "default") request.optimizer = adapter ? "adamw" : "microadam";
  return request;
}

engine::TrainOptions train_options(const TrainRequest& asked) {
  const TrainRequest request = with_defaults(asked);
  engine::TrainOptions options;
  options.learning_rate = 3e-4;
  options.batch_tokens = 2048;
  options.warmup_steps = 10;
  options.patience = 2;
  if (request.method == "sparse") {
    options.method = engine::TrainMethod::sparse;
  } else if (request.method == "full") {
    options.method = engine::TrainMethod::full;
  } else if (request.method == "lora") {
    options.method = engine::TrainMethod::lora;
    options.learning_rate = 1e-3;
  } else if (request.method == "rosa") {
    options.method = engine::TrainMethod::rosa;
    options.learning_rate = 1e-3;
    options.delta_learning_rate = 5e-4;
  } else {
    throw std::invalid_argument("\"" + request.method +
                                "\" is no training method: choose rosa, lora, sparse or full.");
  }
  options.optimizer = engine::optimizer_from_name(request.optimizer);
  // The rates above suit MicroAdam, those of adapters AdamW.
  using engine::OptimizerKind;
  const auto tuned_for =
      engine::trains_adapter(options.method) ? OptimizerKind::adamw : OptimizerKind::microadam;
  const double rate = rate_beside_microadam(options.optimizer) / rate_beside_microadam(tuned_for);
  options.learning_rate *= rate;
  options.delta_learning_rate *= rate;
  if (!(request.epochs >= 0) || request.epochs > 100)
    throw std::invalid_argument("The number of epochs must lie between 0 and 100.");
  options.epochs = request.epochs > 0 ? request.epochs : most_epochs;
  options.threads = request.threads;
  return options;
}

bool training_waits(const fs::path& folder) {
  return fs::exists(record_file(folder));
}

TrainResult run_training(const TrainingPlace& place, const TrainRequest& request,
                         const std::function<void(const TrainStatus&)>& on_progress,
                         std::stop_token stop) try {
  const auto asked = train_options(request);
  fs::create_directories(place.folder);
  const FileLock lock(place.folder / "training.lock",
                      "A training is already running for this profile: wait for it or stop it.");
  request_pause(place.folder, false);
  std::optional<PreparedRun> run;
  if (request.resume) {
    run = resume_run(place);
    check_room_for(training_needs(*place.base, train_options(run->record.request)), place.folder);
  } else {
    run = start_run(place, request, asked, on_progress, stop);
    if (!run) return {};
  }
  const auto options = train_options(run->record.request);

  TrainStatus status;
  status.phase = "training";
  const auto report = [&] {
    if (on_progress) on_progress(status);
  };
  const auto relay = [&](const engine::TrainProgress& p) {
    status = {"training",     status.paused, p.step,         p.total_steps,      p.loss,
              p.heldout_loss, p.seconds,     p.seconds_left, p.tokens_per_second};
    report();
  };
  PauseWatch pause(place.folder, place.power, !request.on_battery);
  const auto should_wait = [&] {
    if (const std::string reason = pause.reason(); reason != status.paused) {
      status.paused = reason;
      report();
    }
    return !status.paused.empty();
  };
  engine::Trainer trainer(*place.base, options);
  const auto trained =
      trainer.run(run->samples.train, run->samples.heldout, run_folder(place.folder),
                  request.resume, relay, stop, should_wait);
  TrainResult result{figures(run->record, trained), trained.finished, {}};
  if (!trained.finished) return result;

  status.phase = "saving";
  status.seconds_left = 0;
  report();
  const RunRecord& record = run->record;
  VersionStore versions(place.folder);
  // A run that was killed after this point left its version behind, whole.
  if (!versions.contains(record.version))
    versions.publish({result, record.version, unix_time(), record.request.method,
                      record.request.optimizer, record.base},
                     [&](const fs::path& folder) {
                       const bool adapter = engine::trains_adapter(options.method);
                       trainer.save(
                           folder / (adapter ? version_adapter_file : version_model_file),
                           storage_of(*place.base),
                           {{"sancho.method", record.request.method}, {adapter_base, record.base}});
                     });
  versions.activate(record.version);
  fs::remove_all(run_folder(place.folder));
  result.version = record.version;
  return result;
} catch (const std::bad_alloc&) {
  throw std::runtime_error(
      "Fine-tuning ran out of memory: close other programs or train an adapter (--method lora); "
      "what it last saved can be resumed.");
}

}  // namespace sancho::core

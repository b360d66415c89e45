// Held-out loss on one person's mail under several optimizers, learning rates and methods. One JSON
// object per run, as a line:
//   bench_optimizers MODEL PROFILE [--samples N] [--heldout N] [--epochs E] OPTIMIZER=RATE[,…] …
// What may follow the rate: method=rosa, delta=RATE, rank=N, alpha=A, density=D, mask=STEPS,
// warmup=STEPS, batch=TOKENS. PROFILE has its mail imported. plot_optimizers.py draws the curves.
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <sstream>

#include "core/archive/archive.h"
#include "core/personal/training_job.h"
#include "core/personal/training_samples.h"
#include "core/playback/playback_job.h"

using namespace sancho;

namespace {

struct Settings {
  std::filesystem::path model, profile;
  std::size_t samples = 600, heldout = 150;
  double epochs = 2;
  unsigned threads = 0;
  std::vector<std::string> runs;
};

core::TrainingSamples samples_of(const Settings& settings, const engine::Model& model) {
  core::Archive archive(settings.profile / "archive.sqlite");
  const auto pairs = core::make_pairs(archive, {}, {}, {}).pairs;
  auto samples = core::make_samples(pairs, core::PromptLayout(model.tokenizer()), 512);
  samples.train.resize(std::min(samples.train.size(), settings.samples));
  samples.heldout.resize(std::min(samples.heldout.size(), settings.heldout));
  return samples;
}

/// "a=1,b=2" as pairs.
std::vector<std::pair<std::string, std::string>> words_of(const std::string& run) {
  std::vector<std::pair<std::string, std::string>> words;
  std::istringstream in(run);
  for (std::string word; std::getline(in, word, ',');) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) throw std::invalid_argument("No value in " + word);
    words.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  return words;
}

engine::TrainOptions options_of(const Settings& settings, const std::string& run) {
  auto words = words_of(run);
  core::TrainRequest request;
  request.method = "sparse";
  request.optimizer = words.front().first;
  for (const auto& [key, value] : words)
    if (key == "method") request.method = value;
  auto options = core::train_options(request);
  options.epochs = settings.epochs;
  options.threads = settings.threads;
  options.keep_best = false;
  options.learning_rate = std::stod(words.front().second);
  const std::map<std::string, std::function<void(const std::string&)>> keys{
      {"method", [](auto&) {}},
      {"delta", [&](auto& v) { options.delta_learning_rate = std::stod(v); }},
      {"rank", [&](auto& v) { options.lora_rank = std::stoul(v); }},
      {"alpha", [&](auto& v) { options.lora_alpha = std::stod(v); }},
      {"density", [&](auto& v) { options.delta_density = std::stod(v); }},
      {"mask", [&](auto& v) { options.mask_steps = std::stoul(v); }},
      {"warmup", [&](auto& v) { options.warmup_steps = std::stoul(v); }},
      {"batch", [&](auto& v) { options.batch_tokens = std::stoul(v); }}};
  for (const auto& [key, value] : std::span(words).subspan(1)) keys.at(key)(value);
  return options;
}

nlohmann::json measure(const Settings& settings, const engine::Model& model,
                       const core::TrainingSamples& samples, const std::string& run) {
  const auto options = options_of(settings, run);
  engine::Trainer trainer(model, options);
  const auto report = trainer.run(samples.train, samples.heldout, {}, false, {}, {});
  nlohmann::json curve = {{{"step", 0}, {"heldout_loss", report.heldout_loss_before}}};
  for (const auto& p : report.curve)
    if (p.heldout_loss) curve.push_back({{"step", p.step}, {"heldout_loss", *p.heldout_loss}});
  return {{"run", run},
          {"optimizer", run.substr(0, run.find('='))},
          {"learning_rate", options.learning_rate},
          {"profile", settings.profile.filename().string()},
          {"samples", samples.train.size()},
          {"heldout", samples.heldout.size()},
          {"trained", report.trainable_parameters},
          {"steps", report.steps},
          {"tokens", report.tokens},
          {"seconds", report.seconds},
          {"bytes_per_parameter", report.optimizer_bytes_per_parameter},
          {"heldout_loss", report.heldout_loss_after},
          {"curve", curve}};
}

}  // namespace

int main(int argc, char** argv) try {
  Settings settings;
  CLI::App app("Held-out loss under several optimizers");
  app.add_option("model", settings.model)->required();
  app.add_option("profile", settings.profile)->required();
  app.add_option("--samples", settings.samples);
  app.add_option("--heldout", settings.heldout);
  app.add_option("--epochs", settings.epochs);
  app.add_option("--threads", settings.threads);
  app.add_option("runs", settings.runs, "OPTIMIZER=RATE")->required();
  CLI11_PARSE(app, argc, argv);

  const auto model = engine::Model::load(settings.model);
  const auto samples = samples_of(settings, *model);
  for (const std::string& run : settings.runs) {
    std::printf("%s\n", measure(settings, *model, samples, run).dump().c_str());
    std::fflush(stdout);
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}

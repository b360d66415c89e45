// Held-out loss on one person's mail under several optimizers and learning rates. One JSON object
// per run, as a line:
//   bench_optimizers MODEL PROFILE [--samples N] [--heldout N] [--epochs E] OPTIMIZER=RATE …
// PROFILE has its mail imported. plot_optimizers.py draws the curves.
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

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

nlohmann::json measure(const Settings& settings, const engine::Model& model,
                       const core::TrainingSamples& samples, const std::string& run) {
  const auto equals = run.find('=');
  core::TrainRequest request;
  request.method = "sparse";
  request.optimizer = run.substr(0, equals);
  auto options = core::train_options(request);
  options.epochs = settings.epochs;
  options.threads = settings.threads;
  options.keep_best = false;
  if (equals != std::string::npos) options.learning_rate = std::stod(run.substr(equals + 1));

  engine::Trainer trainer(model, options);
  const auto report = trainer.run(samples.train, samples.heldout, {}, false, {}, {});
  nlohmann::json curve = {{{"step", 0}, {"heldout_loss", report.heldout_loss_before}}};
  for (const auto& p : report.curve)
    if (p.heldout_loss) curve.push_back({{"step", p.step}, {"heldout_loss", *p.heldout_loss}});
  return {{"optimizer", request.optimizer},
          {"learning_rate", options.learning_rate},
          {"profile", settings.profile.filename().string()},
          {"samples", samples.train.size()},
          {"heldout", samples.heldout.size()},
          {"steps", report.steps},
          {"tokens", report.tokens},
          {"seconds", report.seconds},
          {"bytes_per_parameter", report.optimizer_bytes_per_parameter},
          {"heldout_loss", report.heldout_loss_after},
          {"curve", curve}};
}

}  // namespace

int main(int argc, char** argv) {
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
}

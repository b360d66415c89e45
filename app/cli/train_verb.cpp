#include <cmath>
#include <cstdio>
#include <iostream>

#include "app/cli/figures.h"
#include "app/cli/format.h"
#include "app/cli/process.h"
#include "app/cli/progress.h"
#include "app/cli/verb.h"
#include "core/assistant.h"

namespace sancho::cli {

namespace {

void print_status_line(const core::TrainStatus& status) {
  Json json;
  json["phase"] = status.phase;
  if (!status.paused.empty()) json["paused"] = status.paused;
  json["step"] = status.step;
  json["total_steps"] = status.total_steps;
  json["loss"] = status.loss;
  if (status.heldout_loss) json["heldout_loss"] = *status.heldout_loss;
  json["seconds"] = status.seconds;
  json["seconds_left"] = status.seconds_left;
  json["tokens_per_second"] = status.tokens_per_second;
  print_progress(json);
}

std::string readable(const core::TrainStatus& status) {
  if (status.paused == "battery") return "paused: the computer runs on its battery";
  if (!status.paused.empty()) return "paused: `sancho-cli train --pause off` goes on";
  if (status.total_steps == 0) return status.phase;
  std::string text =
      status.phase + " " + std::to_string(status.step) + "/" + std::to_string(status.total_steps);
  if (status.phase == "training")
    text +=
        number("  loss %.3f", status.loss) + "  " + human_seconds(status.seconds_left) + " left";
  return text;
}

class TrainVerb : public Verb {
 public:
  std::string name() const override { return "train"; }
  std::string summary() const override { return "fine-tune the model on the pairs"; }

  void declare(CLI::App& app) override {
    app.add_option("--method", request_.method, "what is trained")
        ->check(CLI::IsMember({"rosa", "lora", "full", "sparse"}));
    app.add_option("--optimizer", request_.optimizer, "how it is trained")
        ->check(CLI::IsMember({"default", "microadam", "adamw", "mfac", "ggt"}));
    app.add_option("--epochs", request_.epochs, "passes over the pairs")
        ->check(CLI::Range(0.01, 1000.0));
    app.add_flag("--resume", request_.resume, "go on with a training run that was stopped");
    app.add_flag("--on-battery", request_.on_battery, "do not wait for mains power");
    app.add_option("--pause", pause_,
                   "ask the training that runs for this profile to wait (on) or to go on (off)")
        ->check(CLI::IsMember({"on", "off"}));
    app.add_option("--progress", progress_, "how progress is shown on standard error")
        ->check(CLI::IsMember({"text", "json"}));
    app.add_flag("--background", background_, "run at the lowest priority");
  }

  Outcome run(const Context& context) override {
    if (background_) lower_priority();
    request_.threads = context.threads;
    core::Assistant assistant(context.profile);
    if (!pause_.empty()) {
      assistant.pause_training(pause_ == "on");
      return {{{"pause", pause_ == "on"}}, {}};
    }
    const core::TrainResult result = train(assistant, context.stop);
    Json json = figures_json(result);
    json["finished"] = result.finished;
    json["version"] = result.version;
    return {json, {}};
  }

  void print(const Json& json) const override {
    if (json.contains("pause")) return;
    if (!json["finished"].get<bool>()) {
      std::cout << "Stopped after " << json["steps"]
                << " steps; `sancho-cli train --resume` goes on from there.\n";
      return;
    }
    std::cout << "Trained " << json["version"].get<std::string>() << " on " << json["pairs"]
              << " pairs in " << human_seconds(json["seconds"].get<double>())
              << ": held-out perplexity "
              << number("%.2f", json["heldout_ppl_before"].get<double>()) << " → "
              << number("%.2f", json["heldout_ppl_after"].get<double>()) << ".\n";
  }

 private:
  core::TrainResult train(core::Assistant& assistant, std::stop_token stop) const {
    if (progress_ == "json") return assistant.train(request_, print_status_line, stop);
    ProgressLine line;
    return assistant.train(
        request_, [&](const core::TrainStatus& status) { line.show(readable(status)); }, stop);
  }

  core::TrainRequest request_;
  std::string progress_ = "text", pause_;
  bool background_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_train_verb() {
  return std::make_unique<TrainVerb>();
}

}  // namespace sancho::cli

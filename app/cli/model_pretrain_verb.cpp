#include <iostream>

#include "app/cli/pretraining.h"
#include "app/cli/process.h"

namespace sancho::cli {

namespace {

class ModelPretrainVerb : public Verb {
 public:
  std::string name() const override { return "pretrain"; }
  std::string summary() const override {
    return "make a model from nothing: corpus, tokenizer, training, compression";
  }

  void declare(CLI::App& app) override {
    declare_pretraining(app, options_);
    app.add_option("--layers", options_.layers, "grow the model of --start to so many layers")
        ->check(CLI::Range(1, 1000))
        ->needs("--start");
    app.add_option("--minutes", options_.minutes, "of dense training")
        ->check(CLI::Range(0.01, 100000.0));
    app.add_option("--steps", options_.steps, "of dense training, instead of minutes")
        ->check(CLI::Range(1, 100000000));
    app.add_flag("!--f32", options_.bf16_products, "exact products of matrices: slower");
    app.add_option("--recovery-minutes", options_.recovery_minutes, "of training after pruning")
        ->check(CLI::Range(0.0, 100000.0));
    app.add_option("--learning-rate", options_.learning_rate, "at its peak")
        ->check(CLI::Range(1e-7, 1.0));
    app.add_option("--batch-tokens", options_.batch_tokens, "tokens per step")
        ->check(CLI::Range(64, 1000000));
    app.add_option("--sparsity", options_.sparsity, "share of weights to prune")
        ->check(CLI::Range(0.0, 0.95));
    app.add_flag("--background", background_, "run at the lowest priority");
  }

  Outcome run(const Context& context) override {
    if (background_) lower_priority();
    options_.threads = context.threads;
    options_.command = context.command;
    ProgressLine line;
    const bool finished = core::pretrain(options_, pretraining_progress(line), context.stop);
    Json json = finished ? read_report(options_.out / "report.json") : Json::object();
    json["finished"] = finished;
    json["peak_rss_mb"] = peak_rss_mb();
    return {json, {}};
  }

  void print(const Json& json) const override {
    if (json["finished"].get<bool>())
      std::cout << "The model is " << (options_.out / "built-in.safetensors").string() << "\n"
                << json.dump(2) << "\n";
    else
      std::cout << "Stopped; the same command goes on from there.\n";
  }

 private:
  core::PretrainOptions options_;
  bool background_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_model_pretrain_verb() {
  return std::make_unique<ModelPretrainVerb>();
}

}  // namespace sancho::cli

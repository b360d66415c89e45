#include <iostream>

#include "app/cli/pretraining.h"
#include "app/cli/process.h"
#include "core/places.h"
#include "core/pretrain/encoder_job.h"

namespace sancho::cli {

namespace {

class ModelEncoderVerb : public Verb {
 public:
  std::string name() const override { return "encoder"; }
  std::string summary() const override {
    return "make the encoder that finds mail, from a decoder's first layers";
  }

  void declare(CLI::App& app) override {
    app.add_option("--corpus", options_.corpus, "folder of sent and replies .jsonl[.xz]")
        ->type_name("DIR");
    app.add_option("--out", options_.out, "folder that keeps everything made on the way")
        ->required()
        ->type_name("DIR");
    app.add_option("--start", options_.start, "the decoder; by default the built-in model")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    app.add_option("--layers", options_.layers, "of the decoder; 0: its table of vectors alone")
        ->check(CLI::Range(0, 100));
    app.add_option("--minutes", options_.minutes, "of training")->check(CLI::Range(0.01, 100000.0));
    app.add_option("--steps", options_.steps, "of training, instead of minutes")
        ->check(CLI::Range(1, 100000000));
    app.add_option("--learning-rate", options_.learning_rate, "at its peak")
        ->check(CLI::Range(1e-7, 1.0));
    app.add_option("--temperature", options_.temperature, "of the contrastive loss")
        ->check(CLI::Range(0.001, 10.0));
    app.add_option("--batch-tokens", options_.batch_tokens, "tokens whose pairs meet in a step")
        ->check(CLI::Range(1024, 1000000));
    app.add_option("--seed", options_.seed, "the same seed gives the same pairs");
    app.add_flag("!--anew", options_.resume, "start again instead of going on in --out");
    app.add_flag("--background", background_, "run at the lowest priority");
  }

  Outcome run(const Context& context) override {
    if (background_) lower_priority();
    if (options_.start.empty())
      options_.start = core::find_model(context.profile, core::built_in_model);
    options_.threads = context.threads;
    options_.command = context.command;
    ProgressLine line;
    const bool finished = core::make_encoder(options_, pretraining_progress(line), context.stop);
    Json json = finished ? read_report(options_.out / "encoder.json") : Json::object();
    json["finished"] = finished;
    json["peak_rss_mb"] = peak_rss_mb();
    return {json, {}};
  }

  void print(const Json& json) const override {
    if (json["finished"].get<bool>())
      std::cout << "The encoder is " << (options_.out / "encoder.safetensors").string() << "\n"
                << json.dump(2) << "\n";
    else
      std::cout << "Stopped; the same command goes on from there.\n";
  }

 private:
  core::EncoderOptions options_;
  bool background_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_model_encoder_verb() {
  return std::make_unique<ModelEncoderVerb>();
}

}  // namespace sancho::cli

#include <iostream>

#include "app/cli/pretraining.h"

namespace sancho::cli {

namespace {

class ModelCorpusVerb : public Verb {
 public:
  std::string name() const override { return "corpus"; }
  std::string summary() const override {
    return "clean a corpus, train its tokenizer, and write the token files to pretrain on";
  }

  void declare(CLI::App& app) override {
    declare_pretraining(app, options_);
    app.add_option("--show", show_, "how many training samples to print, to be read")
        ->check(CLI::Range(1, 1000000));
  }

  Outcome run(const Context& context) override {
    options_.threads = context.threads;
    options_.command = context.command;
    ProgressLine line;
    core::make_token_files(options_, pretraining_progress(line), context.stop);
    if (context.stop.stop_requested())
      throw std::runtime_error("Stopped; the same command goes on from what is done.");
    Json json = read_report(options_.out / "corpus.json");
    if (show_ > 0) json["shown"] = core::readable_samples(options_, show_);
    return {json, {}};
  }

  void print(const Json& json) const override {
    if (show_ == 0) std::cout << json.dump(2) << "\n";
    for (const auto& sample : json.value("shown", Json::array()))
      std::cout << sample.get<std::string>() << "\n\n=====\n\n";
  }

 private:
  core::PretrainOptions options_;
  std::size_t show_ = 0;
};

}  // namespace

std::unique_ptr<Verb> make_model_corpus_verb() {
  return std::make_unique<ModelCorpusVerb>();
}

}  // namespace sancho::cli

#include <iostream>

#include "app/cli/format.h"
#include "app/cli/model_file.h"
#include "app/cli/progress.h"
#include "core/models/perplexity.h"
#include "core/playback/text_words.h"

namespace sancho::cli {

namespace {

class ModelPerplexityVerb : public Verb {
 public:
  std::string name() const override { return "perplexity"; }
  std::string summary() const override { return "measure how well a model foretells a text"; }

  void declare(CLI::App& app) override {
    app.add_option("model", model_, "a file, a folder or a name")->required()->type_name("NAME");
    app.add_option("file", file_, "plain text, or JSON lines with one document each")
        ->required()
        ->type_name("FILE");
    app.add_option("--limit", limit_, "how many documents at most")
        ->check(CLI::Range(1, 1000000000));
    app.add_flag("--unwrap", unwrap_,
                 "join lines that a mail program wrapped, as Sancho reads mail");
  }

  Outcome run(const Context& context) override {
    std::vector<std::string> documents = core::read_documents(file_);
    if (documents.size() > limit_) documents.resize(limit_);
    if (unwrap_)
      for (std::string& document : documents) document = core::unwrap(document);
    const auto model = engine::Model::load(model_file(model_, context));
    ProgressLine line;
    const core::PerplexityResult result = core::measure_perplexity(
        model, documents, context.threads, line.counter("document"), context.stop);
    if (context.stop.stop_requested()) throw std::runtime_error("The measurement was stopped.");
    Json json;
    json["tokens"] = result.tokens;
    json["bytes"] = result.bytes;
    json["nll"] = result.nll;
    json["bits_per_byte"] = result.bits_per_byte();
    json["ppl"] = result.perplexity();
    json["documents"] = documents.size();
    return {json, {}};
  }

  void print(const Json& json) const override {
    std::cout << "perplexity " << number("%.3f", json["ppl"].get<double>()) << ", "
              << number("%.4f", json["bits_per_byte"].get<double>()) << " bits per byte over "
              << json["tokens"] << " tokens (" << json["bytes"] << " bytes, " << json["documents"]
              << " documents)\n";
  }

 private:
  std::string model_;
  std::filesystem::path file_;
  std::size_t limit_ = 1000000000;
  bool unwrap_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_model_perplexity_verb() {
  return std::make_unique<ModelPerplexityVerb>();
}

}  // namespace sancho::cli

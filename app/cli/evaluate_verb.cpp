#include <iomanip>
#include <iostream>

#include "app/cli/progress.h"
#include "app/cli/verb.h"
#include "core/assistant.h"

namespace sancho::cli {

namespace {

Json to_json(const core::SystemScores& scores) {
  Json json;
  json["bleu"] = scores.bleu;
  json["rouge1"] = scores.rouge1;
  json["rouge2"] = scores.rouge2;
  json["rougeL"] = scores.rougeL;
  json["mauve"] = scores.mauve;
  json["style_match"] = scores.style_match;
  json["ppl"] = scores.ppl;
  json["n"] = scores.n;
  return json;
}

class EvaluateVerb : public Verb {
 public:
  std::string name() const override { return "evaluate"; }
  std::string summary() const override {
    return "compare drafts with your held-out mail, with and without personal model and related "
           "mail";
  }

  void declare(CLI::App& app) override {
    app.add_option("--limit", limit_, "how many held-out mails at most")
        ->check(CLI::Range(1, 1000000));
  }

  Outcome run(const Context& context) override {
    core::Assistant assistant(context.profile);
    ProgressLine line;
    const auto systems = assistant.evaluate(limit_, line.counter("draft"), context.stop);
    if (context.stop.stop_requested()) throw std::runtime_error("The evaluation was stopped.");
    Json json;
    json["systems"] = Json::object();
    for (const auto& [name, scores] : systems) json["systems"][name] = to_json(scores);
    return {json, {}};
  }

  void print(const Json& json) const override {
    const std::vector<std::string> columns = {"bleu",  "rouge1",      "rouge2", "rougeL",
                                              "mauve", "style_match", "ppl",    "n"};
    std::cout << std::left << std::setw(22) << "system" << std::right;
    for (const std::string& column : columns) std::cout << std::setw(13) << column;
    std::cout << std::fixed << std::setprecision(4) << "\n";
    for (const auto& [name, scores] : json["systems"].items()) {
      std::cout << std::left << std::setw(22) << name << std::right;
      for (const std::string& column : columns) {
        const Json& value = scores[column];
        std::cout << std::setw(13);
        if (value.is_number_integer())
          std::cout << value.get<std::size_t>();
        else
          std::cout << value.get<double>();
      }
      std::cout << "\n";
    }
  }

 private:
  std::size_t limit_ = 60;
};

}  // namespace

std::unique_ptr<Verb> make_evaluate_verb() {
  return std::make_unique<EvaluateVerb>();
}

}  // namespace sancho::cli

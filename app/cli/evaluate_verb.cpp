#include <iomanip>
#include <iostream>
#include <sstream>

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
  json["style_reference"] = scores.style_reference;
  json["style_accuracy"] = scores.style_accuracy;
  json["ppl"] = scores.ppl;
  json["n"] = scores.n;
  return json;
}

Json to_json(const core::RetrievalScores& scores) {
  Json json;
  json["queries"] = scores.queries;
  json["received"] = scores.received;
  json["mrr10"] = {{"words", scores.words}, {"vectors", scores.vectors}, {"fused", scores.fused}};
  return json;
}

Json to_json(const core::FactCoverage& coverage) {
  Json json;
  json["drafts"] = coverage.results.size();
  json["facts"] = coverage.facts;
  json["present"] = coverage.present;
  json["coverage"] = coverage.coverage();
  json["drafts_with_inventions"] = coverage.drafts_with_inventions;
  json["cases"] = Json::array();
  for (const core::FactResult& result : coverage.results)
    json["cases"].push_back({{"instruction", result.asked.instruction},
                             {"to", result.asked.to},
                             {"draft", result.body},
                             {"missing", result.missing},
                             {"invented", result.invented}});
  return json;
}

std::string indented(const std::string& text) {
  std::istringstream lines(text);
  std::string all;
  for (std::string line; std::getline(lines, line);)
    all += line.empty() ? "\n" : "    " + line + "\n";
  return all;
}

void print_facts(const Json& json, std::size_t shown) {
  for (const Json& result : json["cases"]) {
    const bool show = shown > 0;
    if (show) --shown;
    if (!show && result["missing"].empty() && result["invented"].empty()) continue;
    std::cout << result["instruction"].get<std::string>() << "\n";
    if (show) std::cout << "\n" << indented(result["draft"].get<std::string>()) << "\n";
    for (const Json& fact : result["missing"])
      std::cout << "  missing:  " << fact.get<std::string>() << "\n";
    for (const Json& fact : result["invented"])
      std::cout << "  invented: " << fact.get<std::string>() << "\n";
  }
  std::cout << json["present"] << " of " << json["facts"] << " facts said; "
            << json["drafts_with_inventions"] << " of " << json["drafts"]
            << " drafts say something nobody told them\n";
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
    app.add_option("--instructions", instructions_,
                   "instead, draft the instructions of this file (JSON lines of instruction, to, "
                   "facts) and count the facts that the drafts say")
        ->type_name("FILE");
    app.add_option("--candidates", request_.candidates, "with --instructions: best of so many")
        ->check(CLI::Range(1, 64));
    app.add_option("--seed", request_.seed,
                   "with --instructions: of the first draft; each draft has the next");
    app.add_option("--show", shown_, "with --instructions: print so many drafts whole");
    app.add_flag("--base", base_, "with --instructions: without the personal model");
    app.add_flag("--retrieval", retrieval_,
                 "instead, search the mail received for what your answers answer");
    app.add_option("--answers", answers_,
                   "with --retrieval: JSON lines of reply_id and in_id, instead of the archive's "
                   "own conversations")
        ->type_name("FILE");
  }

  Outcome run(const Context& context) override {
    core::Assistant assistant(context.profile);
    ProgressLine line;
    if (retrieval_) {
      const auto scores =
          assistant.evaluate_retrieval(answers_, line.counter("mail"), context.stop);
      if (context.stop.stop_requested()) throw std::runtime_error("The evaluation was stopped.");
      return {to_json(scores), {}};
    }
    if (!instructions_.empty()) {
      request_.use_personal = !base_;
      const auto coverage =
          assistant.evaluate_facts(instructions_, request_, line.counter("draft"), context.stop);
      if (context.stop.stop_requested()) throw std::runtime_error("The evaluation was stopped.");
      return {to_json(coverage), {}};
    }
    const auto systems = assistant.evaluate(limit_, line.counter("draft"), context.stop);
    if (context.stop.stop_requested()) throw std::runtime_error("The evaluation was stopped.");
    Json json;
    json["systems"] = Json::object();
    for (const auto& [name, scores] : systems) json["systems"][name] = to_json(scores);
    return {json, {}};
  }

  void print(const Json& json) const override {
    if (json.contains("cases")) return print_facts(json, shown_);
    if (json.contains("mrr10")) {
      const Json& mrr = json["mrr10"];
      std::cout << json["queries"] << " answers, " << json["received"]
                << " mails received; mean reciprocal rank among the first ten: words "
                << mrr["words"] << ", vectors " << mrr["vectors"] << ", both " << mrr["fused"]
                << "\n";
      return;
    }
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
  std::filesystem::path instructions_;
  core::DraftRequest request_;
  bool base_ = false, retrieval_ = false;
  std::size_t shown_ = 0;
  std::filesystem::path answers_;
};

}  // namespace

std::unique_ptr<Verb> make_evaluate_verb() {
  return std::make_unique<EvaluateVerb>();
}

}  // namespace sancho::cli

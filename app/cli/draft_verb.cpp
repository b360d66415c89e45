#include <iostream>

#include "app/cli/format.h"
#include "app/cli/hits.h"

namespace sancho::cli {

namespace {

Json to_json(const core::Draft& draft) {
  Json json;
  json["draft"] = draft.body;
  json["subject"] = draft.subject;
  json["sources"] = hits_to_json(draft.sources);
  json["grounding"] = Json::array();
  for (const core::Grounding& piece : draft.grounding)
    json["grounding"].push_back(
        {{"text", piece.text}, {"kind", piece.kind}, {"source", piece.source}});
  json["prompt_tokens"] = draft.prompt_tokens;
  json["tokens"] = draft.tokens;
  json["first_token_ms"] = draft.first_token_ms;
  json["tokens_per_second"] = draft.tokens_per_second;
  json["seed"] = draft.seed;
  json["model"] = draft.model_version;
  return json;
}

class DraftVerb : public Verb {
 public:
  std::string name() const override { return "draft"; }
  std::string summary() const override { return "write a draft in your voice"; }

  void declare(CLI::App& app) override {
    app.add_option("instruction", request_.instruction, "what the mail shall say")
        ->required()
        ->type_name("INSTRUCTION");
    app.add_option("--reply-to", request_.reply_to, "Message-ID of the mail to answer")
        ->type_name("ID");
    app.add_option("--to", request_.to, "address or name of the reader")->type_name("ADDR");
    app.add_option("--seed", request_.seed, "the same seed gives the same draft");
    app.add_option("--temperature", request_.temperature, "0 = always the likeliest word")
        ->check(CLI::Range(0.0, 5.0));
    app.add_option("--max-tokens", request_.max_tokens, "length limit")
        ->check(CLI::Range(1, 100000));
    app.add_option("--candidates", request_.candidates, "drafts to choose the best of")
        ->check(CLI::Range(1, 64));
    app.add_flag("--base", base_, "without the personal model");
    app.add_flag("--no-related", no_related_, "without related mail in the prompt");
    app.add_option("--eml", eml_, "also save the draft as this .eml file")->type_name("FILE");
  }

  Outcome run(const Context& context) override {
    request_.use_personal = !base_;
    request_.use_retrieval = !no_related_;
    core::Assistant assistant(context.profile);
    const auto stream = [](const std::string& text) { std::cout << text << std::flush; };
    const core::Draft draft = assistant.draft(
        request_, context.json ? std::function<void(const std::string&)>{} : stream, context.stop);
    if (draft.cancelled) throw std::runtime_error("The draft was stopped.");
    if (!eml_.empty()) assistant.save_eml(draft, request_, eml_);
    return {to_json(draft), {}};
  }

  /// The body has been streamed: what is left goes to standard error, so that the mail alone can
  /// be piped on.
  void print(const Json& json) const override {
    std::cout << std::endl;
    std::cerr << "\nSubject: " << json["subject"].get<std::string>() << "\n";
    for (const Json& source : json["sources"])
      std::cerr << "Drew on: " << source["subject"].get<std::string>() << " <"
                << source["id"].get<std::string>() << ">\n";
    for (const Json& piece : json["grounding"])
      if (piece["source"] == "none")
        std::cerr << "Check:   " << piece["text"].get<std::string>()
                  << " (not in the instruction or in your mail)\n";
  }

 private:
  core::DraftRequest request_;
  bool base_ = false, no_related_ = false;
  std::filesystem::path eml_;
};

}  // namespace

std::unique_ptr<Verb> make_draft_verb() {
  return std::make_unique<DraftVerb>();
}

}  // namespace sancho::cli

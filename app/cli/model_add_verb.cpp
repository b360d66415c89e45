#include <chrono>
#include <iostream>

#include "app/cli/format.h"
#include "app/cli/verb.h"
#include "core/assistant.h"

namespace sancho::cli {

namespace {

class ModelAddVerb : public Verb {
 public:
  std::string name() const override { return "add"; }
  std::string summary() const override { return "make a model of somebody else's usable here"; }

  void declare(CLI::App& app) override {
    app.add_option("path", source_, "a Hugging Face folder, a GGUF file or a file of Sancho's own")
        ->required()
        ->type_name("PATH");
    app.add_option("--name", name_, "what to call it (default: as its file)");
  }

  Outcome run(const Context& context) override {
    if (!std::filesystem::exists(source_))
      throw std::runtime_error("There is no file or folder " + source_.string() + ".");
    const auto start = std::chrono::steady_clock::now();
    const core::AddedModel added = core::Assistant(context.profile).add_model(source_, name_);
    Json json;
    json["name"] = added.name;
    json["parameters"] = added.parameters;
    json["bytes"] = added.bytes;
    json["seconds"] =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    json["tokenizer"] = added.has_tokenizer;
    return {json, {}};
  }

  void print(const Json& json) const override {
    std::cout << json["name"].get<std::string>() << ": " << json["parameters"] << " parameters, "
              << human_bytes(json["bytes"].get<double>()) << " of weights\n";
    if (!json["tokenizer"].get<bool>())
      std::cout << "It has no sentencepiece tokenizer, so it can be measured and exported but not "
                   "write mail.\n";
  }

 private:
  std::filesystem::path source_;
  std::string name_;
};

}  // namespace

std::unique_ptr<Verb> make_model_add_verb() {
  return std::make_unique<ModelAddVerb>();
}

}  // namespace sancho::cli

#include <iostream>

#include "app/cli/verb.h"
#include "core/assistant.h"

namespace sancho::cli {

namespace {

class ModelUseVerb : public Verb {
 public:
  std::string name() const override { return "use"; }
  std::string summary() const override { return "choose the model that drafts and is trained"; }

  void declare(CLI::App& app) override {
    app.add_option("name", model_, "as `model list` names it, or a version (v0003)")
        ->required()
        ->type_name("NAME");
  }

  Outcome run(const Context& context) override {
    core::Assistant(context.profile).use_model(model_);
    Json json;
    json["name"] = model_;
    return {json, {}};
  }

  void print(const Json& json) const override {
    std::cout << "Drafts are written by " << json["name"].get<std::string>() << " now.\n";
  }

 private:
  std::string model_;
};

}  // namespace

std::unique_ptr<Verb> make_model_use_verb() {
  return std::make_unique<ModelUseVerb>();
}

}  // namespace sancho::cli

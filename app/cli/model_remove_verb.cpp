#include <iostream>

#include "app/cli/verb.h"
#include "core/assistant.h"

namespace sancho::cli {

namespace {

class ModelRemoveVerb : public Verb {
 public:
  std::string name() const override { return "remove"; }
  std::string summary() const override { return "delete an added, compressed or personal model"; }

  void declare(CLI::App& app) override {
    app.add_option("name", model_, "as `model list` names it, or a version (v0003)")
        ->required()
        ->type_name("NAME");
  }

  Outcome run(const Context& context) override {
    core::Assistant(context.profile).remove_model(model_);
    Json json;
    json["name"] = model_;
    return {json, {}};
  }

  void print(const Json& json) const override {
    std::cout << "Removed " << json["name"].get<std::string>() << ".\n";
  }

 private:
  std::string model_;
};

}  // namespace

std::unique_ptr<Verb> make_model_remove_verb() {
  return std::make_unique<ModelRemoveVerb>();
}

}  // namespace sancho::cli

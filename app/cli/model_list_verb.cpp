#include <iostream>

#include "app/cli/format.h"
#include "app/cli/verb.h"
#include "core/assistant.h"

namespace sancho::cli {

namespace {

class ModelListVerb : public Verb {
 public:
  std::string name() const override { return "list"; }
  std::string summary() const override { return "name the models on this machine"; }
  void declare(CLI::App&) override {}

  Outcome run(const Context& context) override {
    Json json;
    json["models"] = Json::array();
    for (const core::ModelEntry& model : core::Assistant(context.profile).models())
      json["models"].push_back({{"name", model.name},
                                {"path", model.path},
                                {"bytes", model.bytes},
                                {"in_use", model.in_use},
                                {"usable", model.usable},
                                {"problem", model.problem}});
    return {json, {}};
  }

  void print(const Json& json) const override {
    for (const Json& model : json["models"]) {
      std::cout << model["name"].get<std::string>() << "  "
                << human_bytes(model["bytes"].get<double>()) << "  "
                << model["path"].get<std::string>()
                << (model["in_use"].get<bool>() ? "  (in use)" : "");
      if (!model["usable"].get<bool>())
        std::cout << "  (unusable: " << model["problem"].get<std::string>() << ")";
      std::cout << "\n";
    }
  }
};

}  // namespace

std::unique_ptr<Verb> make_model_list_verb() {
  return std::make_unique<ModelListVerb>();
}

}  // namespace sancho::cli

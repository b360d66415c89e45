#include <iostream>

#include "app/cli/format.h"
#include "app/cli/model_file.h"
#include "core/models/description.h"

namespace sancho::cli {

namespace {

class ModelInfoVerb : public Verb {
 public:
  std::string name() const override { return "info"; }
  std::string summary() const override { return "describe a model"; }

  void declare(CLI::App& app) override {
    app.add_option("model", model_, "a file, a Hugging Face folder or a name")
        ->required()
        ->type_name("FILE");
  }

  Outcome run(const Context& context) override {
    const core::ModelDescription description = core::describe_model(model_file(model_, context));
    Json json;
    json["architecture"] = description.architecture;
    json["parameters"] = description.parameters;
    json["bytes"] = description.bytes;
    json["sparsity"] = description.sparsity;
    json["formats"] = Json(description.formats);
    json["config"] = Json::parse(description.config_json);
    json["tokenizer"] = description.has_tokenizer;
    return {json, {}};
  }

  void print(const Json& json) const override {
    std::cout << json["architecture"].get<std::string>() << ", " << json["parameters"]
              << " parameters, " << human_bytes(json["bytes"].get<double>()) << " of weights, "
              << number("%.1f", 100 * json["sparsity"].get<double>()) << " % zeros\n";
    for (const auto& [format, count] : json["formats"].items())
      std::cout << "  " << format << ": " << count << " layers\n";
    if (!json["tokenizer"].get<bool>()) std::cout << "  no tokenizer\n";
  }

 private:
  std::string model_;
};

}  // namespace

std::unique_ptr<Verb> make_model_info_verb() {
  return std::make_unique<ModelInfoVerb>();
}

}  // namespace sancho::cli

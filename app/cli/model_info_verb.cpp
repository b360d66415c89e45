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
    const Json report = Json::parse(description.compression_json, nullptr, false);
    if (report.is_object()) json["compression"] = report;
    return {json, {}};
  }

  void print(const Json& json) const override {
    std::cout << json["architecture"].get<std::string>() << ", " << json["parameters"]
              << " parameters, " << human_bytes(json["bytes"].get<double>()) << " of weights, "
              << number("%.1f", 100 * json["sparsity"].get<double>()) << " % zeros\n";
    for (const auto& [format, count] : json["formats"].items())
      std::cout << "  " << format << ": " << count << " layers\n";
    if (!json["tokenizer"].get<bool>()) std::cout << "  no tokenizer\n";
    if (json.contains("compression")) print_compression(json["compression"]);
  }

 private:
  static void print_compression(const Json& report) {
    std::cout << "compressed from " << human_bytes(report.value("bytes_before", 0.0)) << " in "
              << human_seconds(report.value("seconds", 0.0));
    if (const double after = report.value("ppl_after", 0.0); after > 0)
      std::cout << ": perplexity " << number("%.3f", report.value("ppl_before", 0.0)) << " → "
                << number("%.3f", after) << ", divergence "
                << number("%.4f", report.value("divergence", 0.0)) << " nats per token";
    std::cout << "\n";
    for (const Json& layer : report.value("layers", Json::array()))
      std::cout << "  " << layer.value("name", "") << "  " << layer.value("format", "") << "  "
                << number("%.1f", 100 * layer.value("sparsity", 0.0)) << " % zeros, "
                << number("%.4f", layer.value("error", 0.0)) << " of the output lost ("
                << number("%.4f", layer.value("plain_error", 0.0)) << " by plain rounding)\n";
  }

  std::string model_;
};

}  // namespace

std::unique_ptr<Verb> make_model_info_verb() {
  return std::make_unique<ModelInfoVerb>();
}

}  // namespace sancho::cli

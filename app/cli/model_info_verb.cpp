#include <iostream>

#include "app/cli/figures.h"
#include "app/cli/format.h"
#include "app/cli/model_file.h"
#include "core/assistant.h"
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
    const core::ModelDescription description = core::describe_model(*load_model(model_, context));
    Json json;
    json["architecture"] = description.architecture;
    json["parameters"] = description.parameters;
    json["bytes"] = description.bytes;
    json["sparsity"] = description.sparsity;
    json["formats"] = Json(description.formats);
    json["config"] = Json::parse(engine::model_config_to_json(description.config));
    json["tokenizer"] = description.has_tokenizer;
    const Json report = Json::parse(description.compression_json, nullptr, false);
    if (report.is_object()) json["compression"] = report;
    if (!std::filesystem::exists(model_)) add_training(json, context);
    return {json, {}};
  }

  void print(const Json& json) const override {
    std::cout << json["architecture"].get<std::string>() << ", " << json["parameters"]
              << " parameters, " << human_bytes(json["bytes"].get<double>()) << " of weights, "
              << number("%.1f", 100 * json["sparsity"].get<double>()) << " % zeros\n";
    for (const auto& [format, count] : json["formats"].items())
      std::cout << "  " << format << ": " << count << " layers\n";
    if (!json["tokenizer"].get<bool>()) std::cout << "  no tokenizer\n";
    if (json.contains("compression"))
      if (const auto report = core::compression_report_from_json(json["compression"].dump()))
        print_compression(*report);
    if (json.contains("training")) print_training(json["training"]);
  }

 private:
  /// How a personal version came about.
  void add_training(Json& json, const Context& context) const {
    for (const auto& version : core::Assistant(context.profile).personal_versions()) {
      if (model_ != version.name && !(model_ == "personal" && version.active)) continue;
      json["training"] = figures_json(version);
      json["training"]["version"] = version.name;
      json["training"]["method"] = version.method;
      json["training"]["optimizer"] = version.optimizer;
      json["training"]["curve"] = curve_json(version);
    }
  }

  static void print_training(const Json& t) {
    const auto value = [&](const char* key) { return t[key].get<double>(); };
    std::cout << t["version"].get<std::string>() << " was trained with "
              << t["method"].get<std::string>() << " and " << t["optimizer"].get<std::string>()
              << " on " << t["pairs"] << " pairs in " << human_seconds(value("seconds"))
              << ": held-out perplexity " << number("%.2f", value("heldout_ppl_before")) << " → "
              << number("%.2f", value("heldout_ppl_after")) << ", "
              << number("%.0f", value("tokens_per_second")) << " tokens/s, "
              << number("%.0f", value("peak_rss_mb"))
              << " MiB at its peak\n  step  loss  held out\n";
    for (const Json& row : t["curve"])
      if (row.size() > 2)
        std::cout << "  " << row[0] << "  " << number("%.3f", row[1].get<double>()) << "  "
                  << number("%.3f", row[2].get<double>()) << "\n";
  }

  static void print_compression(const core::CompressionReport& report) {
    std::cout << "compressed from " << human_bytes(static_cast<double>(report.bytes_before))
              << " in " << human_seconds(report.seconds);
    if (report.ppl_after > 0)
      std::cout << ": perplexity " << number("%.3f", report.ppl_before) << " → "
                << number("%.3f", report.ppl_after) << ", divergence "
                << number("%.4f", report.divergence) << " nats per token";
    std::cout << ", " << number("%.0f", report.decode_tokens_per_second)
              << " tokens/s where it was made\n";
    if (const auto& drafts = report.drafts; drafts.drafts > 0)
      std::cout << "  its drafts beside the dense model's, " << drafts.drafts
                << " instructions: ROUGE-L " << number("%.3f", drafts.rouge_l)
                << ", similarity of meaning " << number("%.3f", drafts.similarity) << "\n";
    for (const engine::LayerReport& layer : report.layers)
      std::cout << "  " << layer.name << "  " << layer.format << "  "
                << number("%.1f", 100 * layer.sparsity) << " % zeros, "
                << number("%.4f", layer.error) << " of the output lost ("
                << number("%.4f", layer.plain_error) << " by plain rounding)\n";
  }

  std::string model_;
};

}  // namespace

std::unique_ptr<Verb> make_model_info_verb() {
  return std::make_unique<ModelInfoVerb>();
}

}  // namespace sancho::cli

#include <iostream>

#include "app/cli/format.h"
#include "app/cli/model_file.h"
#include "app/cli/progress.h"
#include "core/models/export_model.h"

namespace sancho::cli {

namespace {

class ModelExportVerb : public Verb {
 public:
  std::string name() const override { return "export"; }
  std::string summary() const override { return "write a model for other programs"; }

  void declare(CLI::App& app) override {
    app.add_option("words", words_,
                   "the model (a name, \"personal\", \"v0003\", a file or a folder) and the folder "
                   "to write into")
        ->required()
        ->expected(1, 2)
        ->type_name("NAME DIR");
    app.add_option("--to", options_.to, "gguf (llama.cpp), hf (Hugging Face) or sancho (its own)")
        ->required()
        ->check(CLI::IsMember({"gguf", "hf", "sancho"}));
    app.add_option(
        "--type", options_.type,
        "of the weights: gguf f32, f16 (default), q8_0 or q4_0; hf f32 (default), f16 or "
        "bf16; sancho: with --shape alone, int8, sparse50-int8, …");
    app.add_option("--embedding-type", options_.embedding_type,
                   "gguf: of the embedding and the head (default: as the rest; q8_0 beside q4_0)")
        ->check(CLI::IsMember({"f32", "f16", "q8_0", "q4_0"}));
    app.add_option("--shape", shape_,
                   "instead of NAME: random weights of llama-110m, tinyllama-1.1b, llama-7b or "
                   "built-in");
  }

  Outcome run(const Context& context) override {
    if (words_.size() != (shape_.empty() ? 2 : 1))
      throw UsageError("Name the model to export, or its --shape, and the folder to write into.");
    const auto model = load(context);
    options_.name = export_name();
    if (shape_.empty() && options_.to == "sancho" && !options_.type.empty())
      throw UsageError("To change the weights of a model, use `model compress`.");
    ProgressLine line;
    try {
      const core::ExportedModel exported =
          core::export_model(*model, words_.back(), options_,
                             line.counter(options_.to == "gguf" ? "row" : "matrix"), context.stop);
      Json json;
      json["files"] = Json::array();
      for (const auto& file : exported.files) json["files"].push_back(file.string());
      json["bytes"] = exported.bytes;
      return {json, {}};
    } catch (const std::invalid_argument& error) {
      throw UsageError(error.what());
    }
  }

  void print(const Json& json) const override {
    for (const Json& file : json["files"]) std::cout << file.get<std::string>() << "\n";
    std::cout << human_bytes(json["bytes"].get<double>()) << " in all\n";
  }

 private:
  std::shared_ptr<const engine::Model> load(const Context& context) const {
    if (shape_.empty()) return load_model(words_.front(), context);
    try {
      const engine::Format format = options_.to == "sancho"
                                        ? engine::format_from_name(options_.type)
                                        : engine::Format{engine::Storage::bf16, 0};
      return engine::Model::random(engine::model_config_of_shape(shape_), format, 1);
    } catch (const std::invalid_argument& error) {
      throw UsageError(error.what());
    }
  }

  std::string export_name() const {
    if (!shape_.empty()) return options_.to == "sancho" ? shape_ + "." + options_.type : shape_;
    const std::filesystem::path path = words_.front();
    if (!std::filesystem::exists(path)) return words_.front();
    const auto whole = std::filesystem::weakly_canonical(path);
    return (std::filesystem::is_directory(whole) ? whole.filename() : whole.stem()).string();
  }

  std::vector<std::string> words_;
  std::string shape_;
  core::ExportOptions options_;
};

}  // namespace

std::unique_ptr<Verb> make_model_export_verb() {
  return std::make_unique<ModelExportVerb>();
}

}  // namespace sancho::cli

#include <cmath>
#include <iostream>
#include <optional>

#include "app/cli/format.h"
#include "app/cli/model_file.h"
#include "app/cli/process.h"
#include "app/cli/progress.h"
#include "core/assistant.h"
#include "core/evaluate/fact_coverage.h"
#include "core/models/compression.h"
#include "core/models/perplexity.h"
#include "engine/compress/grid.h"
#include "engine/train/dataset.h"

namespace sancho::cli {

namespace {

class ModelCompressVerb : public Verb {
 public:
  std::string name() const override { return "compress"; }
  std::string summary() const override { return "prune and quantise a model"; }

  void declare(CLI::App& app) override {
    auto* model = app.add_option("model", model_, "a file, a Hugging Face folder or a name")
                      ->type_name("NAME");
    auto* out =
        app.add_option("--out", request_.out, "the file to write; default: among your models")
            ->type_name("FILE");
    app.add_option("--shape", shape_,
                   "instead: random weights of llama-110m, tinyllama-1.1b, llama-7b or built-in, "
                   "to measure time and memory")
        ->excludes(model)
        ->needs(out);
    app.add_option("--format", format_, "f32, bf16, fp8, int8, sparse50-int8, …");
    app.add_option("--sparsity", sparsity_, "share of weights to set to zero")
        ->check(CLI::Range(0.0, 1.0));
    app.add_option("--pattern", pattern_, "zeros among neighbours instead of a share")
        ->check(CLI::IsMember({"2:4", "4:8"}));
    app.add_option("--method", methods_,
                   "magnitude or sparsegpt, rtn or gptq, and evopress to choose a level for each "
                   "layer; default: sparsegpt gptq")
        ->check(CLI::IsMember({"magnitude", "sparsegpt", "rtn", "gptq", "evopress"}));
    app.add_option("--budget", request_.evolution.budget, "bytes of the whole model, for evopress")
        ->transform(CLI::AsSizeValue(true));
    app.add_option("--generations", request_.evolution.generations, "of evopress")
        ->check(CLI::Range(1, 100000));
    app.add_option("--seed", request_.evolution.seed, "of evopress");
    app.add_option("--measure-tokens", request_.measured_tokens,
                   "of the text that perplexities and divergence are measured on")
        ->check(CLI::Range(0, 100000000));
    app.add_option("--instructions", instructions_,
                   "JSON lines whose `instruction` both models draft, to be compared; default: a "
                   "dozen fixed ones")
        ->type_name("FILE");
    app.add_option("--smoothing", request_.options.smoothing,
                   "SmoothQuant's strength, 0.5 to 0.8 where activations have outliers")
        ->check(CLI::Range(0.0, 1.0));
    app.add_option("--calibration", calibration_,
                   "plain text, JSON lines or a token file; default: your own sent mail")
        ->type_name("FILE");
    app.add_option("--calibration-tokens", request_.options.calibration_tokens,
                   "how much of it is used")
        ->check(CLI::Range(1, 100000000));
    app.add_option("--damping", request_.options.layers.damping, "of second moments")
        ->check(CLI::Range(1e-6, 100.0));
    app.add_option("--block", request_.options.layers.block,
                   "columns that SparseGPT chooses zeros among")
        ->check(CLI::IsMember({"64", "128", "256", "512"}));
    app.add_option("--refine", request_.options.layers.refine,
                   "sweeps of coordinate descent over what SparseGPT and GPTQ made")
        ->check(CLI::Range(0, 1000));
    app.add_option("--recover", request_.recovery_minutes,
                   "minutes of training what is left towards the dense model")
        ->check(CLI::Range(0.0, 100000.0));
    app.add_option("--progress", progress_, "how progress is shown on standard error")
        ->check(CLI::IsMember({"text", "json"}));
    app.add_flag("--background", background_, "run at the lowest priority");
  }

  Outcome run(const Context& context) override {
    if (background_) lower_priority();
    choose_methods();
    choose_format();
    if (model_.empty() && shape_.empty()) throw UsageError("Name a model to compress.");
    request_.command = context.command;
    request_.options.threads = context.threads;
    if (shape_.empty()) request_.model = model_file(model_, context);
    if (request_.out.empty()) request_.out = default_out(context);
    request_.options.folder = request_.out;
    request_.options.folder += ".work";
    if (shape_.empty())
      read_texts(context);
    else
      make_random_model();

    if (!instructions_.empty())
      for (const core::FactCase& asked : core::read_fact_cases(instructions_))
        request_.instructions.push_back(asked.instruction);

    ProgressLine line;
    const auto report = core::compress_model(
        request_,
        [&](const core::CompressionStatus& status) {
          if (progress_ == "json")
            return print_progress({{"phase", status.phase},
                                   {"step", status.done},
                                   {"total_steps", status.total},
                                   {"what", status.what}});
          line.show(status.phase + " " + std::to_string(status.done) + "/" +
                    std::to_string(status.total) + "  " + status.what);
        },
        context.stop);
    Json json;
    json["finished"] = report.finished;
    json["file"] = request_.out.string();
    json["bytes_before"] = report.bytes_before;
    json["bytes_after"] = report.bytes_after;
    json["sparsity"] = report.sparsity;
    json["ppl_before"] = report.ppl_before;
    json["ppl_after"] = report.ppl_after;
    json["divergence"] = report.divergence;
    json["draft_rougeL"] = report.drafts.rouge_l;
    json["draft_similarity"] = report.drafts.similarity;
    json["decode_tokens_per_second"] = report.decode_tokens_per_second;
    json["seconds"] = report.seconds;
    json["peak_rss_mb"] = peak_rss_mb();
    return {json, {}};
  }

  void print(const Json& json) const override {
    if (!json["finished"].get<bool>()) {
      std::cout << "Stopped; the same command goes on from there.\n";
      return;
    }
    std::cout << json["file"].get<std::string>() << ": "
              << human_bytes(json["bytes_before"].get<double>()) << " → "
              << human_bytes(json["bytes_after"].get<double>()) << ", "
              << number("%.1f", 100 * json["sparsity"].get<double>()) << " % zeros";
    if (json["ppl_after"].get<double>() > 0)
      std::cout << ", perplexity " << number("%.3f", json["ppl_before"].get<double>()) << " → "
                << number("%.3f", json["ppl_after"].get<double>());
    if (json["draft_similarity"].get<double>() > 0)
      std::cout << ", its drafts' ROUGE-L with the dense model's "
                << number("%.3f", json["draft_rougeL"].get<double>());
    std::cout << ", in " << human_seconds(json["seconds"].get<double>()) << "\n";
  }

 private:
  void choose_methods() {
    using engine::PruneMethod, engine::RoundMethod;
    auto& layers = request_.options.layers;
    for (const std::string& method : methods_) {
      if (method == "magnitude") layers.prune = PruneMethod::magnitude;
      if (method == "sparsegpt") layers.prune = PruneMethod::sparsegpt;
      if (method == "rtn") layers.round = RoundMethod::nearest;
      if (method == "gptq") layers.round = RoundMethod::gptq;
      if (method == "evopress") request_.search = true;
    }
  }

  /// `--sparsity 0.5 --format int8` means sparse50-int8.
  void choose_format() {
    auto& format = request_.options.format;
    try {
      format = engine::format_from_name(format_);
      if (sparsity_ && engine::grid_of(format) && format.sparsity == 0 && *sparsity_ > 0)
        format = engine::format_from_name("sparse" + std::to_string(std::lround(*sparsity_ * 100)) +
                                          "-" + format_);
    } catch (const std::invalid_argument& error) {
      throw UsageError(error.what());
    }
    if (sparsity_) format.sparsity = *sparsity_;
    if (request_.evolution.budget > 0) request_.search = true;
    if (!pattern_.empty()) {
      auto& layers = request_.options.layers;
      layers.of = pattern_ == "2:4" ? 4 : 8;
      layers.drop = layers.of / 2;
    }
  }

  void make_random_model() {
    request_.model = request_.options.folder / "random.safetensors";
    if (std::filesystem::exists(request_.model)) return;
    std::filesystem::create_directories(request_.options.folder);
    try {
      engine::Model::random(engine::model_config_of_shape(shape_), {engine::Storage::bf16}, 1)
          ->save(request_.model);
    } catch (const std::invalid_argument& error) {
      throw UsageError(error.what());
    }
  }

  std::filesystem::path default_out(const Context& context) const {
    const auto folder = core::Assistant(context.profile).profile() / "models";
    std::filesystem::create_directories(folder);
    return folder / (request_.model.stem().string() + "-" +
                     engine::format_name(request_.options.format) + ".safetensors");
  }

  void read_texts(const Context& context) {
    if (calibration_.extension() == ".tok") {
      request_.samples = engine::read_token_file(calibration_);
      return;
    }
    if (!calibration_.empty()) {
      request_.texts = core::read_documents(calibration_);
      return;
    }
    core::Assistant assistant(context.profile);
    for (const auto key : assistant.archive().own_keys())
      if (auto stored = assistant.archive().message(key); stored && !stored->message.own.empty())
        request_.texts.push_back(std::move(stored->message.own));
  }

  std::string model_, shape_, format_ = "sparse50-int8", pattern_;
  std::optional<double> sparsity_;
  std::vector<std::string> methods_;
  std::filesystem::path calibration_, instructions_;
  std::string progress_ = "text";
  bool background_ = false;
  core::CompressionRequest request_;
};

}  // namespace

std::unique_ptr<Verb> make_model_compress_verb() {
  return std::make_unique<ModelCompressVerb>();
}

}  // namespace sancho::cli

#include <chrono>
#include <iostream>

#include "app/cli/format.h"
#include "app/cli/model_file.h"
#include "app/cli/process.h"
#include "core/models/bench.h"
#include "engine/kernels/isa.h"

namespace sancho::cli {

namespace {

class ModelBenchVerb : public Verb {
 public:
  std::string name() const override { return "bench"; }
  std::string summary() const override { return "measure how fast a model reads and writes"; }

  void declare(CLI::App& app) override {
    auto* model = app.add_option("model", model_, "a file, a folder or a name")->type_name("NAME");
    auto* shape =
        app.add_option("--shape", shape_,
                       "random weights of llama-110m, tinyllama-1.1b, llama-7b or built-in")
            ->excludes(model);
    app.add_option("--format", format_, "of the random weights: f32, bf16, int8, sparse50-int8, …")
        ->needs(shape);
    app.add_option("--prefill", options_.prefill_tokens, "tokens to read")
        ->check(CLI::Range(1, 100000));
    app.add_option("--decode", options_.decode_tokens, "tokens to write")
        ->check(CLI::Range(1, 100000));
  }

  Outcome run(const Context& context) override {
    options_.threads = context.threads;
    const auto start = std::chrono::steady_clock::now();
    const auto model = load(context);
    const double load_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const core::BenchResult result = core::bench_model(model, options_, context.stop);
    const double speed =
        static_cast<double>(result.bytes_per_token) * result.decode_tokens_per_second;
    Json json;
    json["prefill_tokens_per_second"] = result.prefill_tokens_per_second;
    json["decode_tokens_per_second"] = result.decode_tokens_per_second;
    json["model_bytes"] = result.model_bytes;
    json["bytes_per_token"] = result.bytes_per_token;
    json["peak_rss_mb"] = peak_rss_mb();
    json["threads"] = result.threads;
    json["isa"] = engine::isa_name(engine::active_isa());
    json["prefill_tokens"] = result.prefill_tokens;
    json["decode_tokens"] = result.decode_tokens;
    json["load_seconds"] = load_seconds;
    const double read = result.plain_read_bytes_per_second;
    json["gigabytes_per_second"] = speed / 1e9;
    json["plain_read_gigabytes_per_second"] = read / 1e9;
    json["share_of_plain_read"] = speed / read;
    json["cycles_per_64_weights"] = result.cycles_per_64_weights;
    return {json, {}};
  }

  void print(const Json& json) const override {
    std::cout << "reads  " << number("%.1f", json["prefill_tokens_per_second"].get<double>())
              << " tokens/s (" << json["prefill_tokens"] << " tokens)\nwrites "
              << number("%.1f", json["decode_tokens_per_second"].get<double>()) << " tokens/s ("
              << json["decode_tokens"] << " tokens, "
              << human_bytes(json["bytes_per_token"].get<double>()) << " of weights each)\nwith "
              << json["threads"] << " threads, " << json["isa"].get<std::string>() << ", "
              << number("%.0f", json["peak_rss_mb"].get<double>())
              << " MB of memory\nThe weights come in at "
              << number("%.1f", json["gigabytes_per_second"].get<double>()) << " GB/s, "
              << number("%.0f", 100 * json["share_of_plain_read"].get<double>())
              << " % of a plain read of the same memory ("
              << number("%.1f", json["plain_read_gigabytes_per_second"].get<double>()) << " GB/s), "
              << number("%.2f", json["cycles_per_64_weights"].get<double>())
              << " cycles for 64 of them; made ready in "
              << number("%.2f", json["load_seconds"].get<double>()) << " s\n";
  }

 private:
  std::shared_ptr<const engine::Model> load(const Context& context) const {
    if (shape_.empty())
      return engine::Model::load(model_file(model_.empty() ? "built-in" : model_, context));
    try {
      return engine::Model::random(engine::model_config_of_shape(shape_),
                                   engine::format_from_name(format_), 1);
    } catch (const std::invalid_argument& error) {
      throw UsageError(error.what());
    }
  }

  std::string model_, shape_, format_ = "sparse50-int8";
  core::BenchOptions options_;
};

}  // namespace

std::unique_ptr<Verb> make_model_bench_verb() {
  return std::make_unique<ModelBenchVerb>();
}

}  // namespace sancho::cli

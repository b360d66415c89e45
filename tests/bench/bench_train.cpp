// Speed and memory of training steps on a random model of a known shape: bench_train --help.

#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "engine/model/model.h"
#include "engine/train/trainer.h"

using namespace sancho::engine;

namespace {

double peak_rss_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// Useful multiply-adds of one token in one step, times two: the products of the blocks and the
/// head, forward and backward. A frozen weight has no gradient of its own; what is computed again
/// to save memory does not count.
double flops_per_token(const ModelConfig& c, std::size_t sequence, bool frozen) {
  const double hidden = static_cast<double>(c.hidden_size);
  const double query = static_cast<double>(c.num_attention_heads * c.head_dim);
  const double key = static_cast<double>(c.num_key_value_heads * c.head_dim);
  const double layers = static_cast<double>(c.num_hidden_layers);
  const double block =
      hidden * (2 * query + 2 * key + 3 * static_cast<double>(c.intermediate_size));
  const double weights = layers * block + hidden * static_cast<double>(c.vocab_size);
  // Half of the scores are masked: two products of sequence/2 by the width, and twice that back.
  const double attention = layers * 6 * static_cast<double>(sequence) * query;
  return (frozen ? 4 : 6) * weights + attention;
}

std::vector<TrainSample> random_samples(std::size_t count, std::size_t sequence,
                                        std::size_t vocab_size) {
  std::mt19937 random(1);
  std::vector<TrainSample> samples(count);
  for (TrainSample& sample : samples)
    for (std::size_t i = 0; i <= sequence; ++i)
      sample.tokens.push_back(static_cast<TokenId>(random() % vocab_size));
  return samples;
}

ModelConfig config_of(const std::string& shape, std::size_t sequence) {
  ModelConfig config = model_config_of_shape(shape);
  config.max_position_embeddings = std::max(config.max_position_embeddings, sequence + 1);
  return config;
}

/// Seconds from a stop request at a random moment until training has returned, sorted.
std::vector<double> stop_times(const Model& model, const TrainOptions& options,
                               const std::vector<TrainSample>& samples, std::size_t count) {
  using Clock = std::chrono::steady_clock;
  const auto folder = std::filesystem::temp_directory_path() /
                      ("bench_train." + std::to_string(std::random_device()()));
  std::mt19937 random(1);
  std::vector<double> times;
  for (std::size_t i = 0; i < count; ++i) {
    std::stop_source stop;
    std::atomic<bool> began = false;
    Clock::time_point asked;
    const double wait = 0.1 * static_cast<double>(random() % 30);
    std::jthread asker([&] {
      while (!began) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      std::this_thread::sleep_for(std::chrono::duration<double>(wait));
      asked = Clock::now();
      stop.request_stop();
    });
    Trainer(model, options)
        .run(
            samples, samples, folder, false, [&](const TrainProgress&) { began = true; },
            stop.get_token());
    const auto returned = Clock::now();
    asker.join();
    times.push_back(std::chrono::duration<double>(returned - asked).count());
  }
  std::filesystem::remove_all(folder);
  std::ranges::sort(times);
  return times;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("Measures training steps on a random model.");
  std::string shape = "llama-110m", format = "f32", file;
  std::size_t sequence = 512, batch = 4, steps = 3;
  std::size_t stops = 0;
  bool f32 = false;
  TrainOptions options;
  options.method = TrainMethod::full;
  options.optimizer = OptimizerKind::adamw;
  options.threads = 2;
  const std::map<std::string, TrainMethod> methods{{"full", TrainMethod::full},
                                                   {"sparse", TrainMethod::sparse},
                                                   {"lora", TrainMethod::lora},
                                                   {"rosa", TrainMethod::rosa}};
  const std::map<std::string, OptimizerKind> optimizers{{"adamw", OptimizerKind::adamw},
                                                        {"microadam", OptimizerKind::microadam},
                                                        {"mfac", OptimizerKind::mfac},
                                                        {"ggt", OptimizerKind::ggt}};
  app.add_option("--shape", shape, "llama-110m, tinyllama-1.1b, llama-7b or built-in");
  app.add_option("--model", file, "a model file instead of random weights of a shape");
  app.add_option("--format", format, "storage of the base: f32, bf16, int8, sparse50-int8, …");
  app.add_option("--method", options.method, "what is trained")
      ->transform(CLI::CheckedTransformer(methods));
  app.add_option("--optimizer", options.optimizer, "how it is trained")
      ->transform(CLI::CheckedTransformer(optimizers));
  app.add_option("--sequence", sequence, "tokens of a sample");
  app.add_option("--batch", batch, "samples of a step");
  app.add_option("--steps", steps, "steps measured, after one that warms up");
  app.add_option("--threads", options.threads, "0 = all processors");
  app.add_option("--rank", options.lora_rank, "of a low-rank adapter");
  app.add_option("--density", options.delta_density, "of a sparse adapter");
  app.add_option("--stops", stops, "only measure how long a stop takes, so many times");
  app.add_flag("--f32", f32, "products in full precision even where bf16 is faster");
  CLI11_PARSE(app, argc, argv);

  options.max_sample_tokens = sequence + 1;
  options.batch_tokens = batch * options.max_sample_tokens;
  options.max_steps = steps + 1;
  options.mask_steps = 1;
  options.delta_learning_rate = options.learning_rate;
  options.keep_best = false;
  options.bf16_matmul = !f32;

  auto model = file.empty() ? Model::random(config_of(shape, sequence), format_from_name(format), 1)
                            : Model::load(file);
  const ModelConfig config = model->config();
  if (stops > 0) {
    options.max_steps = 1000;
    const auto times =
        stop_times(*model, options, random_samples(batch, sequence, config.vocab_size), stops);
    std::printf("{\"stops\":%zu,\"median_ms\":%.0f,\"longest_ms\":%.0f}\n", times.size(),
                1000 * times[times.size() / 2], 1000 * times.back());
    return 0;
  }
  const double base_mb = static_cast<double>(model->bytes()) / 1048576;
  Trainer trainer(*model, options);
  const bool frozen = trains_adapter(options.method);
  if (!frozen) model.reset();

  const auto samples = random_samples(batch, sequence, config.vocab_size);
  double warm_seconds = 0, seconds = 0, loss = 0;
  trainer.run(samples, {}, {}, false,
              [&](const TrainProgress& p) {
                if (p.step + steps == p.total_steps) warm_seconds = p.seconds;
                seconds = p.seconds;
                loss = p.loss;
                std::fprintf(stderr, "step %zu: loss %.4f, %.2f s\n", p.step, p.loss, p.seconds);
              },
              {});

  const double per_step = (seconds - warm_seconds) / static_cast<double>(steps);
  const double tokens_per_second = static_cast<double>(batch * sequence) / per_step;
  std::printf(
      "{\"shape\":\"%s\",\"format\":\"%s\",\"threads\":%u,\"sequence\":%zu,\"batch\":%zu,"
      "\"base_mb\":%.0f,\"loss\":%.4f,\"seconds_per_step\":%.3f,\"tokens_per_second\":%.1f,"
      "\"gflop_per_second\":%.1f,\"peak_rss_mb\":%.0f}\n",
      file.empty() ? shape.c_str() : file.c_str(), format.c_str(), options.threads, sequence, batch,
      base_mb, loss, per_step, tokens_per_second,
      flops_per_token(config, sequence, frozen) * tokens_per_second / 1e9, peak_rss_mb());
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}

#include "core/models/compression.h"

#include <chrono>
#include <cmath>
#include <numeric>
#include <random>
#include <stdexcept>

#include "core/models/bench.h"
#include "core/models/recovery.h"
#include "engine/compress/divergence.h"
#include "engine/train/trainer.h"

namespace sancho::core {

namespace {

using engine::TokenId;
using engine::TrainSample;

constexpr std::size_t random_samples = 128, random_length = 512;
constexpr std::size_t measured_part = 10;  // one text in so many
constexpr std::size_t divergence_kept = 512;

/// Texts as the model reads them, cut to pieces that fit its context.
std::vector<TrainSample> tokenized(const engine::Model& model,
                                   const std::vector<std::string>& texts) {
  const auto& tokenizer = model.tokenizer();
  const std::size_t most = std::min<std::size_t>(model.config().max_position_embeddings, 2048);
  std::vector<TrainSample> samples;
  for (const std::string& text : texts) {
    const auto tokens = tokenizer.encode(text);
    for (std::size_t begin = 0; begin < tokens.size(); begin += most - 1) {
      const std::size_t end = std::min(tokens.size(), begin + most - 1);
      TrainSample sample;
      sample.tokens.push_back(tokenizer.bos_id());
      sample.tokens.insert(sample.tokens.end(), tokens.begin() + static_cast<std::ptrdiff_t>(begin),
                           tokens.begin() + static_cast<std::ptrdiff_t>(end));
      samples.push_back(std::move(sample));
    }
  }
  return samples;
}

std::vector<TrainSample> random_tokens(const engine::ModelConfig& config) {
  std::mt19937 generator(1);
  std::vector<TrainSample> samples(random_samples);
  for (TrainSample& sample : samples)
    for (std::size_t i = 0; i < std::min(random_length, config.max_position_embeddings); ++i)
      sample.tokens.push_back(static_cast<TokenId>(generator() % config.vocab_size));
  return samples;
}

/// What a model is calibrated on, and what it is measured with.
struct Split {
  std::vector<TrainSample> calibration, measured;
};

Split split(const engine::Model& model, const CompressionRequest& request) {
  if (!model.has_tokenizer()) return {random_tokens(model.config()), {}};
  Split result;
  std::size_t number = 0, tokens = 0;
  std::vector<TrainSample> samples = tokenized(model, request.texts);
  samples.insert(samples.end(), request.samples.begin(), request.samples.end());
  for (TrainSample& sample : samples) {
    if (++number % measured_part == 0 && tokens < request.measured_tokens) {
      tokens += sample.tokens.size();
      result.measured.push_back(std::move(sample));
    } else {
      result.calibration.push_back(std::move(sample));
    }
  }
  return result;
}

void measure(CompressionReport& report, const CompressionRequest& request,
             const std::shared_ptr<const engine::Model>& before,
             const std::shared_ptr<const engine::Model>& after,
             const std::vector<TrainSample>& samples, std::stop_token stop) {
  const unsigned threads = request.options.threads;
  report.bytes_before = before->bytes();
  report.bytes_after = after->bytes();
  report.sparsity = after->sparsity();
  BenchOptions bench;
  bench.prefill_tokens = 16;
  bench.decode_tokens = 32;
  bench.threads = threads;
  report.decode_tokens_per_second = bench_model(after, bench, stop).decode_tokens_per_second;
  if (samples.empty()) return;
  report.ppl_before = std::exp(engine::evaluate_loss(before, samples, threads, stop).mean());
  report.ppl_after = std::exp(engine::evaluate_loss(after, samples, threads, stop).mean());
  std::vector<std::vector<TokenId>> texts;
  for (const TrainSample& sample : samples) texts.push_back(sample.tokens);
  const auto pool = std::make_shared<engine::ThreadPool>(threads);
  engine::Divergence divergence(before, std::move(texts), divergence_kept, pool);
  std::vector<std::size_t> every(samples.size());
  std::iota(every.begin(), every.end(), std::size_t{0});
  report.divergence = divergence.measure(after, every, stop).mean();
  if (!before->has_tokenizer() || stop.stop_requested()) return;
  const auto embedder = request.embedder.empty() ? before : engine::Model::load(request.embedder);
  report.drafts = compare_drafts(
      before, after, embedder,
      request.instructions.empty() ? agreement_instructions() : std::span(request.instructions),
      pool, stop);
}

engine::Compressed make(const CompressionRequest& request, const engine::ModelSource& source,
                        const std::vector<TrainSample>& calibration, const CompressionSink& say,
                        std::stop_token stop) {
  const auto on_layer = [&](const engine::CompressProgress& p) {
    say({"compressing", p.layer, p.layers, p.what});
  };
  if (!request.search)
    return engine::compress(source, calibration, request.options, on_layer, stop);
  engine::SearchOptions options;
  options.compress = request.options;
  options.evolution = request.evolution;
  const auto on_generation = [&](const engine::SearchProgress& p) {
    say({"searching", p.generation, p.generations,
         "divergence " + std::to_string(p.divergence) + " at " + std::to_string(p.bytes) +
             " bytes"});
  };
  return engine::search(source, calibration, options, on_layer, on_generation, stop);
}

/// The same zeros and formats with weights trained to recover.
engine::Compressed recovered(const CompressionRequest& request, const engine::ModelSource& source,
                             const engine::Compressed& made,
                             const std::vector<TrainSample>& calibration,
                             const CompressionSink& say, std::stop_token stop) {
  RecoveryOptions recovery;
  recovery.minutes = request.recovery_minutes;
  recovery.threads = request.options.threads;
  const auto model = recover(
      *made.model, source(), calibration, recovery, request.options.folder / "recovery",
      [&](const engine::TrainProgress& p) {
        say({"recovering", p.step, p.total_steps, "loss " + std::to_string(p.loss)});
      },
      stop);
  if (!model) return {};
  auto options = request.options;
  options.folder /= "recovered";
  options.smoothing = 0;
  options.layers.keep_zeros = true;
  for (const engine::LayerReport& layer : made.layers)
    options.formats[layer.name] = engine::format_from_name(layer.format);
  return engine::compress([&] { return model; }, calibration, options,
                          [&](const engine::CompressProgress& p) {
                            say({"compressing", p.layer, p.layers, p.what});
                          },
                          stop);
}

}  // namespace

CompressionReport compress_model(const CompressionRequest& request,
                                 const CompressionSink& on_progress, std::stop_token stop) {
  const auto start = std::chrono::steady_clock::now();
  const CompressionSink say = [&](const CompressionStatus& status) {
    if (on_progress) on_progress(status);
  };
  const auto source = [&] { return engine::Model::load(request.model); };
  Split samples = split(*source(), request);

  CompressionReport report;
  report.command = request.command;
  auto made = make(request, source, samples.calibration, say, stop);
  if (made.model && request.recovery_minutes > 0)
    made = recovered(request, source, made, samples.calibration, say, stop);
  if (!made.model) return report;
  say({"measuring", 0, 1, {}});
  report.layers = std::move(made.layers);
  measure(report, request, source(), made.model, samples.measured, stop);
  if (stop.stop_requested()) return report;
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  made.model->save(request.out, {{compression_key, compression_report_to_json(report)}});
  report.finished = true;
  if (!request.options.folder.empty()) std::filesystem::remove_all(request.options.folder);
  return report;
}

}  // namespace sancho::core

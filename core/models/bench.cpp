#include "core/models/bench.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>
#include <numeric>
#include <random>
#include <stdexcept>
#include <vector>

#include "engine/model/session.h"
#include "engine/tensor/aligned_buffer.h"

namespace sancho::core {

namespace {

double seconds_of(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<engine::TokenId> random_tokens(std::size_t count, std::size_t vocab_size) {
  std::mt19937 generator(1);
  std::vector<engine::TokenId> tokens(count);
  for (engine::TokenId& token : tokens)
    token = static_cast<engine::TokenId>(generator() % vocab_size);
  return tokens;
}

}  // namespace

std::uint64_t bytes_per_token(const engine::Model& model) {
  std::uint64_t bytes = model.lm_head().bytes() + model.norm().size() * sizeof(float) +
                        model.embed_tokens().bytes() / model.config().vocab_size;
  for (const engine::DecoderLayer& layer : model.layers()) {
    for (const auto& linear : {layer.q_proj, layer.k_proj, layer.v_proj, layer.o_proj,
                               layer.gate_proj, layer.up_proj, layer.down_proj})
      bytes += linear->bytes();
    bytes += (layer.input_layernorm.size() + layer.post_attention_layernorm.size()) * sizeof(float);
  }
  return bytes;
}

double plain_read_speed(std::uint64_t bytes, unsigned threads) {
  constexpr std::uint64_t most = 256u << 20, least = 1u << 20;
  constexpr std::size_t streams = 8, grain = 4096;
  const engine::AlignedBuffer<std::uint64_t> memory(std::clamp(bytes, least, most) / 8 / grain *
                                                    grain);
  engine::ThreadPool pool(threads);
  std::atomic<std::uint64_t> kept{0};  // so that no read can be left out
  double fastest = std::numeric_limits<double>::max();
  for (int round = 0; round < 20; ++round)
    fastest =
        std::min(fastest, seconds_of([&] {
                   pool.parallel_pieces(
                       memory.size(), grain, [&](std::size_t begin, std::size_t end, unsigned) {
                         std::uint64_t sums[streams] = {};
                         for (std::size_t i = begin; i < end; i += streams)
                           for (std::size_t k = 0; k < streams; ++k) sums[k] += memory[i + k];
                         kept += std::accumulate(sums, sums + streams, std::uint64_t{0});
                       });
                 }));
  return static_cast<double>(memory.size() * 8) / fastest;
}

BenchResult bench_model(std::shared_ptr<const engine::Model> model, const BenchOptions& options,
                        std::stop_token stop) {
  const std::size_t context = model->config().max_position_embeddings;
  if (context < 2) throw std::runtime_error("The model's context is too short to be measured.");
  BenchResult result;
  result.decode_tokens = std::min(options.decode_tokens, context / 2);
  result.prefill_tokens = std::min(options.prefill_tokens, context - result.decode_tokens);
  result.model_bytes = model->bytes();
  result.bytes_per_token = bytes_per_token(*model);

  const auto pool = std::make_shared<engine::ThreadPool>(options.threads);
  result.threads = pool->threads();
  engine::Session session(model, pool, result.prefill_tokens + result.decode_tokens);
  const auto check_stop = [&] {
    if (stop.stop_requested()) throw std::runtime_error("The measurement was stopped.");
  };

  const auto prompt = random_tokens(result.prefill_tokens, model->config().vocab_size);
  session.read(std::span(prompt).first(std::min<std::size_t>(prompt.size(), 16)));
  std::vector<double> prefill;
  for (int repeat = 0; repeat < 3; ++repeat) {
    check_stop();
    session.truncate(0);
    prefill.push_back(seconds_of([&] { session.read(prompt); }));
  }
  std::vector<double> decode;
  for (const engine::TokenId token :
       random_tokens(result.decode_tokens, model->config().vocab_size)) {
    check_stop();
    decode.push_back(seconds_of([&] { session.read(std::span(&token, 1)); }));
  }
  result.prefill_tokens_per_second = static_cast<double>(result.prefill_tokens) / median(prefill);
  result.decode_tokens_per_second = 1.0 / median(decode);
  return result;
}

}  // namespace sancho::core

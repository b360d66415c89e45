#include "core/models/bench.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>
#include <span>
#include <stdexcept>
#include <vector>

#include "engine/kernels/dispatch.h"
#include "engine/model/session.h"

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

namespace {

/// The layers that writing one token reads, in their order.
std::vector<const engine::Linear*> layers_of(const engine::Model& model) {
  std::vector<const engine::Linear*> layers;
  for (const engine::DecoderLayer& layer : model.layers())
    for (const auto& linear : {layer.q_proj, layer.k_proj, layer.v_proj, layer.o_proj,
                               layer.gate_proj, layer.up_proj, layer.down_proj})
      layers.push_back(linear.get());
  layers.push_back(&model.lm_head());
  return layers;
}

using Wide __attribute__((vector_size(64), aligned(1), may_alias)) = std::uint64_t;

/// Reads `bytes` and returns something that depends on all whole Wides of them.
__attribute__((always_inline)) inline std::uint64_t read_bytes(std::span<const std::byte> bytes) {
  constexpr std::size_t streams = 8;
  const auto* const wide = reinterpret_cast<const Wide*>(bytes.data());
  const std::size_t count = bytes.size() / sizeof(Wide) / streams * streams;
  Wide sums[streams] = {};
  for (std::size_t i = 0; i < count; i += streams)
    for (std::size_t k = 0; k < streams; ++k) sums[k] ^= wide[i + k];
  for (std::size_t k = 1; k < streams; ++k) sums[0] ^= sums[k];
  return sums[0][0];
}

#ifdef __x86_64__
__attribute__((target("avx512f"))) std::uint64_t read_avx512(std::span<const std::byte> bytes) {
  return read_bytes(bytes);
}
#endif
std::uint64_t read_plain(std::span<const std::byte> bytes) {
  return read_bytes(bytes);
}

/// Bytes per second at which the pool's threads read these layers where they lie, as fast as the
/// processor reads anything: what decoding can reach. The median of some rounds.
double plain_read_speed(std::span<const engine::Linear* const> layers, engine::ThreadPool& pool) {
  auto* read = read_plain;
#ifdef __x86_64__
  if (engine::kernels_of(engine::Isa::avx512)) read = read_avx512;
#endif
  constexpr std::size_t grain = 4096;
  std::atomic<std::uint64_t> kept{0};  // so that no read can be left out
  std::vector<double> seconds;
  std::size_t bytes = 0;
  for (int round = 0; round < 9; ++round) {
    bytes = 0;
    seconds.push_back(seconds_of([&] {
      for (const engine::Linear* layer : layers)
        layer->save("", [&](const engine::TensorView& tensor) {
          bytes += tensor.data.size();
          pool.parallel_pieces(tensor.data.size(), grain,
                               [&](std::size_t begin, std::size_t end, unsigned) {
                                 kept += read(tensor.data.subspan(begin, end - begin));
                               });
        });
    }));
  }
  return static_cast<double>(bytes) / median(seconds);
}

/// Processor cycles per second, from a chain of additions that take one each; 0 where unknown. The
/// best of many short rounds, as whatever else runs makes the clock look slower.
double clock_rate() {
  double best = 0;
#ifdef __x86_64__
  for (int round = 0; round < 80; ++round) {
    constexpr int additions = 1'000'000;
    std::uint64_t x = 0;
    best = std::max(best, additions / seconds_of([&] {
                            for (int i = 0; i < additions; ++i)
                              __asm__ volatile("add $1, %0" : "+r"(x));
                          }));
  }
#endif
  return best;
}

}  // namespace

std::uint64_t bytes_per_token(const engine::Model& model) {
  std::uint64_t bytes = model.norm().size() * sizeof(float) +
                        model.embed_tokens().bytes() / model.config().vocab_size;
  for (const engine::Linear* layer : layers_of(model)) bytes += layer->bytes();
  for (const engine::DecoderLayer& layer : model.layers())
    bytes += (layer.input_layernorm.size() + layer.post_attention_layernorm.size()) * sizeof(float);
  return bytes;
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
  const double seconds = median(decode);
  result.decode_tokens_per_second = 1.0 / seconds;

  const auto layers = layers_of(*model);
  std::uint64_t weights = 0;
  for (const engine::Linear* layer : layers)
    weights += layer->out_features() * layer->in_features();
  result.cycles_per_64_weights =
      seconds * clock_rate() * result.threads / (static_cast<double>(weights) / 64);
  result.plain_read_bytes_per_second = plain_read_speed(layers, *pool);
  return result;
}

}  // namespace sancho::core

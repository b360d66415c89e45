// Decode speed of one linear layer per format, instruction set and number of threads, on more
// weights than the caches hold. Beside the time, each line says: bytes read per token, their rate,
// that rate as a share of a plain read of as many bytes, and processor cycles per 64 weights.
//   bench_linear --benchmark_filter='avx512/sparse50-int4/block/1 token/2 threads'

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "engine/kernels/isa.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/weights/linear.h"

using namespace sancho::engine;

namespace {

using Clock = std::chrono::steady_clock;
using Shape = std::pair<std::size_t, std::size_t>;  // [out, in]

constexpr double kStackBytes = 192e6;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Cycles per second, from a chain of additions that take one cycle each.
double clock_rate() {
  double best = 0;
  for (int round = 0; round < 5; ++round) {
    constexpr int additions = 20'000'000;
    std::uint64_t x = 0;
    const auto start = Clock::now();
    for (int i = 0; i < additions; ++i) __asm__ volatile("add $1, %0" : "+r"(x));
    best = std::max(best, additions / seconds_since(start));
  }
  return best;
}

using Wide __attribute__((vector_size(64))) = std::uint64_t;

__attribute__((target("avx512f"))) std::uint64_t read_wide(const std::byte* p, std::size_t size) {
  const auto* wide = reinterpret_cast<const Wide*>(p);
  Wide sums[8] = {};
  for (std::size_t i = 0; i + 8 <= size / sizeof(Wide); i += 8)
    for (std::size_t k = 0; k < 8; ++k) sums[k] ^= wide[i + k];
  for (std::size_t k = 1; k < 8; ++k) sums[0] ^= sums[k];
  return sums[0][0];
}

/// Bytes per second of the fastest plain AVX-512 read of a buffer as large as a stack.
double plain_read(ThreadPool& pool) {
  static std::map<unsigned, double> known;
  double& rate = known[pool.threads()];
  if (rate != 0) return rate;
  const AlignedBuffer<std::byte> memory(static_cast<std::size_t>(kStackBytes));
  for (int round = 0; round < 9; ++round) {
    const auto start = Clock::now();
    pool.parallel_for(memory.size(), 1 << 16, [&](std::size_t begin, std::size_t end, unsigned) {
      benchmark::DoNotOptimize(read_wide(memory.data() + begin, end - begin));
    });
    rate = std::max(rate, kStackBytes / seconds_since(start));
  }
  return rate;
}

/// The tensors of a layer as a file holds them.
using File = std::map<std::string, std::pair<TensorView, AlignedBuffer<std::byte>>>;

File random_layer(const Format& format, const Shape& shape, std::mt19937_64& rng) {
  std::vector<float> w(shape.first * shape.second);
  for (float& v : w) {
    const std::uint64_t bits = rng();
    const bool zero = static_cast<double>(bits >> 32) < format.sparsity * 4294967296.0;
    v = zero ? 0.0f : static_cast<float>(bits & 0xffff) - 32767.5f;
  }
  File file;
  make_linear(format.storage, {w.data(), shape.first, shape.second}, format.group)
      ->save("", [&](const TensorView& tensor) {
        AlignedBuffer<std::byte> copy(tensor.data.size());
        std::ranges::copy(tensor.data, copy.begin());
        file[tensor.name] = {tensor, std::move(copy)};
      });
  return file;
}

/// Layers of these shapes, again and again, until they are larger than the caches.
struct Stack {
  std::vector<AlignedBuffer<std::byte>> memory;
  std::vector<std::unique_ptr<Linear>> layers;
  double bytes = 0, weights = 0;
};

Stack make_stack(const Format& format, const std::vector<Shape>& shapes) {
  std::mt19937_64 rng(1);
  std::map<Shape, File> files;
  Stack stack;
  while (stack.bytes < kStackBytes)
    for (const Shape& shape : shapes) {
      File& file = files[shape];
      if (file.empty()) file = random_layer(format, shape, rng);
      const TensorLookup lookup = [&](const std::string& name) -> std::optional<TensorView> {
        const auto found = file.find(name);
        if (found == file.end()) return std::nullopt;
        auto& [view, bytes] = found->second;
        stack.memory.emplace_back(bytes.size());
        std::ranges::copy(bytes, stack.memory.back().begin());
        TensorView tensor = view;
        tensor.data = stack.memory.back().span();
        return tensor;
      };
      stack.layers.push_back(load_linear(lookup, "", shape.first, shape.second));
      stack.bytes += static_cast<double>(stack.layers.back()->bytes());
      stack.weights += static_cast<double>(shape.first * shape.second);
    }
  return stack;
}

void decode(benchmark::State& state, Isa isa, const Format& format,
            const std::vector<Shape>& shapes, std::size_t tokens, unsigned threads) {
  static const double clock = clock_rate();
  cap_isa(isa);
  if (active_isa() != isa) return state.SkipWithError("This processor lacks the instruction set.");
  ThreadPool pool(threads);
  const double read = kernels_of(Isa::avx512) ? plain_read(pool) : 0;
  const Stack stack = make_stack(format, shapes);
  std::vector<float> x, y;
  for (const auto& [out, in] : shapes) {
    x.resize(std::max(x.size(), tokens * in), 0.5f);
    y.resize(std::max(y.size(), tokens * out));
  }
  double best = 1e9;
  for (auto _ : state) {
    const auto start = Clock::now();
    for (const auto& layer : stack.layers)
      layer->forward({x.data(), tokens, layer->in_features()},
                     {y.data(), tokens, layer->out_features()}, pool);
    const double seconds = seconds_since(start);
    best = std::min(best, seconds);
    state.SetIterationTime(seconds);
  }
  state.counters["MB"] = stack.bytes / 1e6;
  state.counters["GB/s"] = stack.bytes / best / 1e9;
  if (read > 0) state.counters["of_read"] = stack.bytes / best / read;
  state.counters["bits/weight"] = 8 * stack.bytes / stack.weights;
  state.counters["cycles/64"] = best * clock * threads / (stack.weights / 64);
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const Shape square{2048, 2048}, key{256, 2048}, up{5632, 2048}, down{2048, 5632};
  const std::pair<const char*, std::vector<Shape>> stacks[] = {
      {"block", {square, key, key, square, up, up, down}},
      {"2048x2048", {square}},
      {"256x2048", {key}},
      {"5632x2048", {up}},
      {"2048x5632", {down}},
      {"32000x2048", {{32000, 2048}}},
  };
  for (const Isa isa : {Isa::avx512, Isa::avx2, Isa::scalar})
    for (const char* format : {"f32", "bf16", "int8", "int4", "sparse50-int8", "sparse70-int8",
                               "sparse50-int4", "sparse70-int4"})
      for (const auto& [shape_name, shapes] : stacks)
        for (const std::size_t tokens : {1u, 2u, 4u, 8u})
          for (const unsigned threads : {1u, 2u}) {
            const std::string name =
                std::string(isa_name(isa)) + "/" + format + "/" + shape_name + "/" +
                std::to_string(tokens) + (tokens == 1 ? " token/" : " tokens/") +
                std::to_string(threads) + (threads == 1 ? " thread" : " threads");
            benchmark::RegisterBenchmark(name.c_str(),
                                         [=, &shapes](benchmark::State& state) {
                                           decode(state, isa, format_from_name(format), shapes,
                                                  tokens, threads);
                                         })
                ->UseManualTime()
                ->Iterations(7)
                ->Unit(benchmark::kMillisecond);
          }
  benchmark::RunSpecifiedBenchmarks();
}

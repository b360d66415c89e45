// Products of one layer with many tokens (prefill, batches): multiply-adds per second for every
// storage, instruction set, shape, number of tokens and number of threads.
//   bench_gemm --benchmark_filter='int8/avx512/5632x2048/512/1'

#include <benchmark/benchmark.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/kernels/isa.h"
#include "engine/weights/linear.h"

using namespace sancho::engine;

namespace {

struct Case {
  std::string format;
  Isa isa;
  std::size_t out, in, tokens;
  unsigned threads;
};

void gemm(benchmark::State& state, const Case& c) {
  cap_isa(c.isa);
  if (active_isa() != c.isa) return state.SkipWithError("This processor lacks it.");
  const Format format = format_from_name(c.format);
  std::mt19937 rng(1);
  std::vector<float> w(c.out * c.in), x(c.tokens * c.in), y(c.tokens * c.out);
  const auto threshold = static_cast<unsigned>(format.sparsity * 65536);
  for (float& v : w)
    v = (rng() & 0xffff) < threshold ? 0.0f : static_cast<float>(rng() & 0xff) - 127.5f;
  for (float& v : x) v = static_cast<float>(rng() & 0xff) - 127.5f;
  const auto layer = make_linear(format.storage, {w.data(), c.out, c.in}, format.group);
  ThreadPool pool(c.threads);
  for (auto _ : state)
    layer->forward({x.data(), c.tokens, c.in}, {y.data(), c.tokens, c.out}, pool);
  cap_isa(Isa::avx512);
  state.counters["multiply_adds"] =
      benchmark::Counter(static_cast<double>(c.out) * static_cast<double>(c.in * c.tokens),
                         benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace

int main(int argc, char** argv) {
  struct Shape {
    std::size_t out, in;
  };
  for (const char* format : {"f32", "bf16", "int8", "sparse50-int8", "sparse70-int8", "int4",
                             "int4-g32", "int4-g128", "sparse50-int4", "sparse70-int4"})
    for (const Isa isa : {Isa::avx512, Isa::avx2})
      for (const auto [out, in] : {Shape{5632, 2048},
                                   {2048, 5632},
                                   {2048, 2048},
                                   {2048, 768},
                                   {768, 768},
                                   {704, 256},
                                   {256, 256}})
        for (const std::size_t tokens : {8u, 16u, 64u, 128u, 512u})
          for (const unsigned threads : {1u, 2u}) {
            const Case c{format, isa, out, in, tokens, threads};
            benchmark::RegisterBenchmark(
                (std::string(format) + "/" + std::string(isa_name(isa)) + "/" +
                 std::to_string(out) + "x" + std::to_string(in) + "/" + std::to_string(tokens) +
                 "/" + std::to_string(threads))
                    .c_str(),
                [c](benchmark::State& state) { gemm(state, c); })
                ->MeasureProcessCPUTime()
                ->Unit(benchmark::kMicrosecond);
          }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}

// Speed of one linear layer: decode (one token) as bytes of weights per second beside a plain read
// of memory, prefill (many tokens) as multiply-adds per second.
//   bench_linear [THREADS] [OUT IN]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "engine/kernels/isa.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/weights/linear.h"

using namespace sancho::engine;

namespace {

/// Seconds of the fastest of several runs.
template <class Body>
double fastest(int runs, Body body) {
  double best = 1e9;
  for (int i = 0; i < runs; ++i) {
    const auto start = std::chrono::steady_clock::now();
    body();
    best = std::min(
        best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

/// Bytes per second that the pool's threads read from memory that no cache holds.
double plain_read(ThreadPool& pool) {
  const AlignedBuffer<std::uint64_t> memory((std::size_t{512} << 20) / 8);
  std::vector<std::uint64_t> sums(pool.threads() * 8);
  const double seconds = fastest(5, [&] {
    pool.parallel_for(memory.size(), 4096,
                      [&](std::size_t begin, std::size_t end, unsigned thread) {
                        std::uint64_t sum[8] = {};
                        for (std::size_t i = begin; i < end; i += 8)
                          for (std::size_t k = 0; k < 8; ++k) sum[k] += memory[i + k];
                        for (const std::uint64_t s : sum) sums[thread * 8] += s;
                      });
  });
  if (sums[0] != 0) std::puts("");  // keeps the reads alive
  return static_cast<double>(memory.size() * 8) / seconds;
}

struct Stack {
  std::vector<std::unique_ptr<Linear>> layers;
  double bytes = 0.0;
};

/// Layers of one shape, together larger than the caches.
Stack make_stack(Storage storage, std::size_t out, std::size_t in, double zeros) {
  std::mt19937 rng(1);
  std::vector<float> w(out * in);
  for (float& v : w)
    v = static_cast<double>(rng() & 0xffff) < zeros * 65536
            ? 0.0f
            : static_cast<float>(rng() & 0xff) - 127.5f;
  Stack stack;
  while (stack.bytes < 400e6) {
    stack.layers.push_back(make_linear(storage, {w.data(), out, in}));
    stack.bytes += static_cast<double>(stack.layers.back()->bytes());
  }
  return stack;
}

void bench(const char* name, Storage storage, double zeros, std::size_t out, std::size_t in,
           ThreadPool& pool, double read) {
  const Stack stack = make_stack(storage, out, in, zeros);
  for (const std::size_t tokens : {1u, 4u, 256u}) {
    const std::vector<float> x(tokens * in, 0.5f);
    std::vector<float> y(tokens * out);
    const std::size_t layers =
        tokens > 4 ? std::min<std::size_t>(stack.layers.size(), 4) : stack.layers.size();
    const double seconds = fastest(3, [&] {
      for (std::size_t i = 0; i < layers; ++i)
        stack.layers[i]->forward({x.data(), tokens, in}, {y.data(), tokens, out}, pool);
    });
    const double share = static_cast<double>(layers) / static_cast<double>(stack.layers.size());
    const double bytes = stack.bytes * share;
    const double products = static_cast<double>(layers) * static_cast<double>(out * in * tokens);
    std::printf(
        "%-7s %-14s %4zu tokens: %6.2f GB/s (%3.0f %% of a plain read), %7.1f G mul-add/s\n",
        isa_name(active_isa()).data(), name, tokens, bytes / seconds / 1e9,
        100.0 * bytes / seconds / read, products / seconds / 1e9);
  }
}

}  // namespace

int main(int argc, char** argv) {
  ThreadPool pool(argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 0);
  const std::size_t out = argc > 3 ? std::strtoul(argv[2], nullptr, 10) : 5632;
  const std::size_t in = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 2048;
  const double read = plain_read(pool);
  std::printf("%u threads, [%zu, %zu], plain read %.2f GB/s\n", pool.threads(), out, in,
              read / 1e9);
  for (const Isa isa : {Isa::avx512, Isa::avx2}) {
    cap_isa(isa);
    if (active_isa() != isa) continue;
    bench("f32", Storage::f32, 0.0, out, in, pool, read);
    bench("bf16", Storage::bf16, 0.0, out, in, pool, read);
    bench("int8", Storage::int8, 0.0, out, in, pool, read);
    bench("sparse50-int8", Storage::sparse_int8, 0.5, out, in, pool, read);
    bench("sparse70-int8", Storage::sparse_int8, 0.7, out, in, pool, read);
  }
}

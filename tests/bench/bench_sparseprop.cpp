// One linear layer forward and backward: dense products (f32 and bf16 inputs) against SparseProp,
// milliseconds and speed-up by sparsity.
//   bench_sparseprop [IN OUT TOKENS THREADS]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "engine/train/gemm.h"
#include "engine/train/product_threads.h"
#include "engine/train/sparse_linear.h"

using namespace sancho::engine;

namespace {

std::vector<float> random_values(std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> out(n);
  for (float& x : out) x = uniform(random);
  return out;
}

/// Milliseconds of the fastest of five calls after one to warm up.
template <class Body>
double fastest(Body body) {
  double best = 1e30;
  for (int i = 0; i < 6; ++i) {
    const auto start = std::chrono::steady_clock::now();
    body();
    const double ms =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    if (i > 0) best = std::min(best, ms);
  }
  return best;
}

struct Times {
  double forward, backward;
  double sum() const { return forward + backward; }
};

}  // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int i, std::size_t otherwise) {
    return argc > i ? static_cast<std::size_t>(std::atoll(argv[i])) : otherwise;
  };
  const std::size_t in = argument(1, 2048), out = argument(2, 5632), tokens = argument(3, 512);
  const ProductThreads threads(static_cast<int>(argument(4, 2)));
  const auto x = random_values(tokens * in, 1), dy = random_values(tokens * out, 2);
  std::vector<float> y(tokens * out), dx(tokens * in), dw(out * in);

  const auto dense = [&](GemmPrecision precision, const std::vector<float>& w) {
    Gemm gemm(precision);
    return Times{
        fastest([&] { gemm.linear(tokens, in, out, x.data(), w.data(), y.data(), false); }),
        fastest([&] {
          gemm.linear_backward(tokens, in, out, x.data(), w.data(), dy.data(), dx.data(),
                               dw.data());
        })};
  };
  auto w = random_values(out * in, 3);
  const Times f32 = dense(GemmPrecision::f32, w);
  const double gflop = 6e-6 * static_cast<double>(tokens * in * out);
  std::printf("%zu x %zu, %zu tokens, %zu threads, forward + backward\n", in, out, tokens,
              argument(4, 2));
  std::printf("dense f32   %7.1f + %7.1f ms   %6.0f GFLOP/s\n", f32.forward, f32.backward,
              gflop / f32.sum());
  Times bf16 = f32;
  if (has_fast_bf16()) {
    bf16 = dense(GemmPrecision::bf16, w);
    std::printf("dense bf16  %7.1f + %7.1f ms   %6.0f GFLOP/s\n", bf16.forward, bf16.backward,
                gflop / bf16.sum());
  }
  std::printf("sparsity   forward   backward   against f32   against bf16\n");
  for (const double sparsity : {0.5, 0.7, 0.8, 0.9, 0.95}) {
    std::mt19937 random(4);
    std::uniform_real_distribution<double> uniform;
    auto sparse = w;
    for (float& v : sparse)
      if (uniform(random) < sparsity) v = 0;
    const Pattern pattern(sparse);
    const Pattern* parts[] = {&pattern};
    const SparseLayer layer(parts, in);
    SparseProducts products;
    const Times t{
        fastest([&] { products.linear(layer, tokens, x.data(), sparse.data(), y.data(), false); }),
        fastest([&] {
          products.linear_backward(layer, tokens, x.data(), sparse.data(), dy.data(), dx.data(),
                                   dw.data());
        })};
    std::printf("%6.0f %%  %8.1f   %8.1f        %5.2f x         %5.2f x\n", 100 * sparsity,
                t.forward, t.backward, f32.sum() / t.sum(), bf16.sum() / t.sum());
  }
}

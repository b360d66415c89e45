#include "engine/train/sparse_layers.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <tuple>

#include "engine/tensor/random.h"

namespace sancho::engine {
namespace {

std::vector<float> random_values(std::size_t n) {
  SplitMix64 random(n);
  std::vector<float> out(n);
  for (float& x : out) x = static_cast<float>(random.uniform() - 0.5);
  return out;
}

/// Seconds of the fastest of five calls, after one that warms up.
template <class Body>
double fastest(Body body) {
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 6; ++i) {
    const auto start = std::chrono::steady_clock::now();
    body();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    if (i > 0) best = std::min(best, took.count());
  }
  return best;
}

double measure(const SparseLayer& layer, std::size_t tokens, GemmPrecision precision) {
  const std::size_t in = layer.in(), out = layer.out();
  const auto x = random_values(tokens * in), w = random_values(out * in),
             dy = random_values(tokens * out);
  std::vector<float> y(tokens * out), dx(tokens * in), dw(out * in);
  Gemm gemm(precision);
  const double dense = fastest([&] {
    gemm.linear(tokens, in, out, x.data(), w.data(), y.data(), false);
    gemm.linear_backward(tokens, in, out, x.data(), w.data(), dy.data(), dx.data(), dw.data());
  });
  SparseProducts products;
  const double sparse = fastest([&] {
    products.linear(layer, tokens, x.data(), w.data(), y.data(), false);
    products.linear_backward(layer, tokens, x.data(), w.data(), dy.data(), dx.data(), dw.data());
  });
  return dense / sparse;
}

}  // namespace

SparseLayers::SparseLayers(const ParameterLayout& layout,
                           const std::function<const Pattern*(std::size_t)>& pattern_of) {
  by_slot_.resize(layout.parts.size());
  const auto consider = [&](std::size_t slot, std::size_t count) {
    Candidate candidate{slot, layout.parts[slot].cols, {}};
    std::size_t size = 0, weights = 0;
    for (std::size_t i = slot; i < slot + count; ++i) {
      const Pattern* pattern = pattern_of(i);
      if (!pattern) return;
      candidate.parts.push_back(pattern);
      size += pattern->size();
      weights += pattern->count();
    }
    if (static_cast<double>(weights) <= (1 - kLeastSparsity) * static_cast<double>(size))
      candidates_.push_back(std::move(candidate));
  };
  for (const auto& block : layout.blocks) {
    consider(block.q, 3);
    consider(block.o, 1);
    consider(block.gate, 2);
    consider(block.down, 1);
  }
  chosen_ = AlignedBuffer<std::uint8_t>(candidates_.size());
}

void SparseLayers::choose(const std::function<double(const SparseLayer&)>& speed_up) {
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    auto layer = std::make_unique<SparseLayer>(candidates_[i].parts, candidates_[i].in);
    const bool sparse = speed_up(*layer) >= kLeastSpeedUp;
    chosen_[i] = sparse ? 1 : 0;
    by_slot_[candidates_[i].slot] = sparse ? std::move(layer) : nullptr;
  }
}

void SparseLayers::adopt() {
  for (std::size_t i = 0; i < candidates_.size(); ++i)
    by_slot_[candidates_[i].slot] =
        chosen_[i] ? std::make_unique<SparseLayer>(candidates_[i].parts, candidates_[i].in)
                   : nullptr;
}

std::vector<StateArray> SparseLayers::state() {
  if (candidates_.empty()) return {};
  return {{"sparse_layers", DType::u8, writable_bytes(chosen_)}};
}

double measured_speed_up(const SparseLayer& layer, std::size_t tokens, GemmPrecision precision) {
  using Kind = std::tuple<std::size_t, std::size_t, long, std::size_t, GemmPrecision>;
  static std::map<Kind, double> known;
  static std::mutex mutex;
  const Kind kind{layer.in(), layer.out(), std::lround(50 * layer.sparsity()), tokens, precision};
  const std::lock_guard lock(mutex);
  const auto [found, is_new] = known.try_emplace(kind, 0.0);
  if (is_new) found->second = measure(layer, tokens, precision);
  return found->second;
}

}  // namespace sancho::engine

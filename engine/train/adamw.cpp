#include "engine/train/adamw.h"

#include <algorithm>
#include <cmath>

#include "engine/train/simd.h"

namespace sancho::engine {
namespace {

struct Rates {
  float beta1, beta2, epsilon, step, keep;  // keep: 1 − learning rate · decay
  float correction;                         // 1/√(1 − β2ᵗ)
};

SANCHO_SIMD void update(const Rates& rates, const float* gradient, float* weights, float* mean,
                        float* variance, std::size_t n) {
  const Rates r = rates;
  for (std::size_t i = 0; i < n; ++i) {
    const float g = gradient[i];
    const float m = r.beta1 * mean[i] + (1 - r.beta1) * g;
    const float v = r.beta2 * variance[i] + (1 - r.beta2) * g * g;
    mean[i] = m;
    variance[i] = v;
    weights[i] = r.keep * weights[i] - r.step * m / (__builtin_sqrtf(v) * r.correction + r.epsilon);
  }
}

}  // namespace

AdamW::AdamW(const AdamWOptions& options, std::size_t parameters)
    : options_(options), mean_(parameters), variance_(parameters) {}

void AdamW::step(std::span<const ParameterSpan> tensors, double learning_rate, ThreadPool& pool) {
  const double t = static_cast<double>(++steps_[0]);
  Rates rates{};
  rates.beta1 = static_cast<float>(options_.beta1);
  rates.beta2 = static_cast<float>(options_.beta2);
  rates.epsilon = static_cast<float>(options_.epsilon);
  rates.correction = static_cast<float>(1 / std::sqrt(1 - std::pow(options_.beta2, t)));

  std::size_t base = 0;
  for (const ParameterSpan& tensor : tensors) {
    const double rate = tensor.rate * learning_rate;
    rates.step = static_cast<float>(rate / (1 - std::pow(options_.beta1, t)));
    rates.keep = static_cast<float>(1 - (tensor.decays ? rate * options_.weight_decay : 0));
    pool.parallel_for(tensor.size, 4096, [&](std::size_t begin, std::size_t end, unsigned) {
      update(rates, tensor.gradient + begin, tensor.weights + begin, mean_.data() + base + begin,
             variance_.data() + base + begin, end - begin);
    });
    base += tensor.size;
  }
}

void AdamW::forget_momentum() {
  std::ranges::fill(mean_, 0.0f);
}

std::vector<StateArray> AdamW::state() {
  return {{"mean", DType::f32, writable_bytes(mean_)},
          {"variance", DType::f32, writable_bytes(variance_)},
          {"steps", DType::i64, writable_bytes(steps_)}};
}

}  // namespace sancho::engine

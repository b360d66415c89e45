#include "engine/compress/calibration.h"

#include <omp.h>

#include <algorithm>
#include <stdexcept>

#include "engine/train/attention.h"
#include "engine/train/gemm.h"
#include "engine/train/layer_ops.h"
#include "engine/train/rows.h"

namespace sancho::engine {

/// One thread's way through a block, one sample at a time.
struct Calibration::Runner {
  const ModelConfig& config;
  const ParameterLayout& layout;
  const float* weights;
  Gemm gemm;
  Attention<float> attention;
  std::vector<float> norm, rstd, qkv, attended, lse, middle, gate_up, activated, sum;

  Runner(const ModelConfig& c, const ParameterLayout& l, const float* w, std::size_t length)
      : config(c),
        layout(l),
        weights(w),
        attention(c.num_attention_heads, c.num_key_value_heads, c.head_dim, c.rope_theta, length),
        norm(length * c.hidden_size),
        rstd(length),
        qkv(length * attention.qkv_cols()),
        attended(length * attention.out_cols()),
        lse(length * c.num_attention_heads),
        middle(length * c.hidden_size),
        gate_up(length * 2 * c.intermediate_size),
        activated(length * c.intermediate_size) {}

  const float* weight(std::size_t part) const { return weights + layout.parts[part].offset; }

  /// The inputs at `place` for a sample x `[length, hidden]`.
  const float* inputs(std::size_t l, BlockInput place, const float* x, std::size_t length) {
    const auto& b = layout.blocks[l];
    const std::size_t hidden = config.hidden_size, ffn = config.intermediate_size;
    rms_norm_forward(length, hidden, x, weight(b.input_norm), config.rms_norm_eps, norm.data(),
                     rstd.data());
    if (place == BlockInput::attention) return norm.data();
    gemm.linear(length, hidden, attention.qkv_cols(), norm.data(), weight(b.q), qkv.data(), false);
    attention.rope(qkv.data(), length);
    attention.forward(gemm, qkv.data(), length, attended.data(), lse.data());
    if (place == BlockInput::attention_out) return attended.data();
    std::copy_n(x, length * hidden, middle.data());
    gemm.linear(length, attention.out_cols(), hidden, attended.data(), weight(b.o), middle.data(),
                true);
    rms_norm_forward(length, hidden, middle.data(), weight(b.post_norm), config.rms_norm_eps,
                     norm.data(), rstd.data());
    if (place == BlockInput::mlp) return norm.data();
    gemm.linear(length, hidden, 2 * ffn, norm.data(), weight(b.gate), gate_up.data(), false);
    swiglu_forward(length, ffn, gate_up.data(), activated.data());
    return activated.data();
  }

  /// x becomes the block's output.
  void run(std::size_t l, float* x, std::size_t length) {
    const float* activations = inputs(l, BlockInput::mlp_out, x, length);
    std::copy_n(middle.data(), length * config.hidden_size, x);
    gemm.linear(length, config.intermediate_size, config.hidden_size, activations,
                weight(layout.blocks[l].down), x, true);
  }
};

Calibration::Calibration(const ModelConfig& config, const ParameterLayout& layout,
                         std::span<const float> weights, std::span<const TrainSample> samples,
                         std::size_t tokens, ThreadPool& pool)
    : layout_(layout), weights_(weights.data()), hidden_(config.hidden_size), pool_(pool) {
  std::size_t all = 0, longest = 0;
  for (const TrainSample& sample : samples) all += sample.tokens.size();
  const double share =
      all > 0 ? std::min(1.0, static_cast<double>(tokens) / static_cast<double>(all)) : 0;
  const float* table = weights_ + layout.parts[layout.embed].offset;
  double due = 0;
  for (const TrainSample& sample : samples) {
    due += share * static_cast<double>(sample.tokens.size());
    if (due < static_cast<double>(starts_.back()) || sample.tokens.empty()) continue;
    const std::size_t length = std::min(sample.tokens.size(), config.max_position_embeddings);
    for (std::size_t i = 0; i < length; ++i) {
      const auto id = static_cast<std::size_t>(sample.tokens[i]);
      if (id >= config.vocab_size)
        throw std::invalid_argument(
            "A calibration sample holds a token that the model does not know.");
      x_.insert(x_.end(), table + id * hidden_, table + (id + 1) * hidden_);
    }
    starts_.push_back(starts_.back() + length);
    longest = std::max(longest, length);
  }
  if (starts_.size() < 2)
    throw std::runtime_error("There is no text to calibrate on: give some samples.");
  for (unsigned t = 0; t < pool.threads(); ++t)
    runners_.push_back(std::make_unique<Runner>(config, layout, weights_, longest));
}
Calibration::~Calibration() = default;

/// Calls `visit(runner, x, length)` for every sample; false when stopped.
template <class Visit>
bool Calibration::for_each_sample(Visit visit, std::stop_token stop) {
  pool_.parallel_for(runners_.size(), 1, [&](std::size_t begin, std::size_t end, unsigned) {
    const int threads_before = omp_get_max_threads();
    omp_set_num_threads(1);
    for (std::size_t r = begin; r < end; ++r)
      for (std::size_t s = r; s + 1 < starts_.size() && !stop.stop_requested();
           s += runners_.size())
        visit(*runners_[r], x_.data() + starts_[s] * hidden_, starts_[s + 1] - starts_[s]);
    omp_set_num_threads(threads_before);
  });
  return !stop.stop_requested();
}

std::optional<std::vector<double>> Calibration::hessian(std::size_t l, BlockInput place,
                                                        std::stop_token stop) {
  const auto& b = layout_.blocks[l];
  const std::size_t part = place == BlockInput::attention       ? b.q
                           : place == BlockInput::attention_out ? b.o
                           : place == BlockInput::mlp           ? b.gate
                                                                : b.down;
  const std::size_t n = layout_.parts[part].cols;
  for (const auto& runner : runners_) runner->sum.assign(n * n, 0.0f);
  const bool whole = for_each_sample(
      [&](Runner& runner, const float* x, std::size_t length) {
        const float* inputs = runner.inputs(l, place, x, length);
        runner.gemm.product(true, false, n, n, length, inputs, n, inputs, n, 1.0f,
                            runner.sum.data(), n);
      },
      stop);
  if (!whole) return std::nullopt;
  std::vector<double> h(n * n);
  const double scale = 2 / static_cast<double>(tokens());
  for (const auto& runner : runners_)
    for (std::size_t i = 0; i < h.size(); ++i) h[i] += scale * static_cast<double>(runner->sum[i]);
  return h;
}

void Calibration::advance(std::size_t l) {
  for_each_sample([&](Runner& runner, float* x, std::size_t length) { runner.run(l, x, length); },
                  {});
}

}  // namespace sancho::engine

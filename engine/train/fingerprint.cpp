#include "engine/train/fingerprint.h"

#include <cstring>

namespace sancho::engine {
namespace {

/// Multiply-and-rotate over 64-bit words: fast, and enough to tell runs apart.
class Hash {
 public:
  void add(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      std::uint64_t word = 0;
      const std::size_t n = std::min(bytes.size(), sizeof word);
      std::memcpy(&word, bytes.data(), n);
      state_ = (state_ ^ word) * 0x9e3779b97f4a7c15u;
      state_ ^= state_ >> 29;
      bytes = bytes.subspan(n);
    }
  }
  template <class T>
  void add_value(const T& value) {
    add(std::as_bytes(std::span(&value, 1)));
  }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325u;
};

}  // namespace

std::string fingerprint(const TrainOptions& o, const TrainableWeights& weights,
                        std::span<const TrainSample> train, std::span<const TrainSample> heldout) {
  Hash hash;
  for (const double number :
       {static_cast<double>(o.method), static_cast<double>(o.optimizer), o.epochs,
        static_cast<double>(o.max_steps), o.learning_rate, o.min_learning_rate_ratio,
        static_cast<double>(o.warmup_steps), static_cast<double>(o.schedule), o.weight_decay,
        o.gradient_clip, static_cast<double>(o.batch_tokens),
        static_cast<double>(o.max_sample_tokens), static_cast<double>(o.lora_rank), o.lora_alpha,
        o.keep_best ? 1.0 : 0.0, o.bf16_matmul ? 1.0 : 0.0})
    hash.add_value(number);
  hash.add_value(o.seed);
  const NetworkWeights<float> view = weights.view();
  hash.add(std::as_bytes(std::span(view.base, weights.layout().size)));
  if (view.adapter)
    hash.add(std::as_bytes(std::span(view.adapter, weights.adapter_layout()->size)));
  for (const auto samples : {train, heldout})
    for (const TrainSample& sample : samples) {
      hash.add_value(std::uint64_t{sample.tokens.size()} << 32 | sample.loss_from);
      hash.add(std::as_bytes(std::span(sample.tokens)));
    }
  return std::to_string(hash.value());
}

}  // namespace sancho::engine

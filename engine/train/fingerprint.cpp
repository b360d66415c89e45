#include "engine/train/fingerprint.h"

#include "engine/train/hash.h"

namespace sancho::engine {
std::string fingerprint(const TrainOptions& o, const TrainableWeights& weights,
                        std::span<const TrainSample> train, std::span<const TrainSample> heldout) {
  Hash hash;
  for (const double number : {static_cast<double>(o.method),
                              static_cast<double>(o.optimizer),
                              o.epochs,
                              static_cast<double>(o.max_steps),
                              o.learning_rate,
                              o.min_learning_rate_ratio,
                              static_cast<double>(o.warmup_steps),
                              static_cast<double>(o.schedule),
                              o.weight_decay,
                              o.beta2,
                              o.train_embeddings ? 1.0 : 0.0,
                              o.gradient_clip,
                              static_cast<double>(o.batch_tokens),
                              static_cast<double>(o.max_sample_tokens),
                              static_cast<double>(o.lora_rank),
                              o.lora_alpha,
                              o.delta_density,
                              o.delta_learning_rate,
                              static_cast<double>(o.mask_steps),
                              static_cast<double>(o.mask_gradients),
                              o.teacher ? 1.0 + o.feature_weight : 0.0,
                              o.divergence_weight,
                              o.keep_best ? 1.0 : 0.0,
                              static_cast<double>(o.patience),
                              o.bf16_matmul ? 1.0 : 0.0})
    hash.add_value(number);
  if (o.contrastive_temperature > 0) {
    hash.add_value(o.contrastive_temperature);
    hash.add_value(std::uint64_t{o.neighbours});
  }
  hash.add_value(o.seed);
  weights.add_base_to(hash);
  if (weights.adapter_layout()) {
    hash.add(std::as_bytes(weights.trained()));
    for (const CsrPattern& pattern : weights.adapter_layout()->patterns) {
      hash.add(std::as_bytes(std::span(pattern.begins)));
      hash.add(std::as_bytes(std::span(pattern.columns)));
    }
  }
  for (const auto samples : {train, heldout})
    for (const TrainSample& sample : samples) {
      hash.add_value(std::uint64_t{sample.tokens.size()} << 32 | sample.loss_from);
      hash.add(std::as_bytes(std::span(sample.tokens)));
    }
  return hash.word();
}

}  // namespace sancho::engine

#pragma once

#include <cstdint>
#include <memory>

#include "engine/tensor/aligned_buffer.h"
#include "engine/train/optimizer.h"

namespace sancho::engine {

struct AdamWOptions {
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weight_decay = 0;
};

/// Adam with decoupled weight decay (Loshchilov & Hutter 2019); 8 bytes of state per parameter.
class AdamW final : public Optimizer {
 public:
  AdamW(const AdamWOptions& options, std::size_t parameters);
  void step(std::span<const ParameterSpan> tensors, double learning_rate,
            ThreadPool& pool) override;
  void forget_momentum() override;
  std::vector<StateArray> state() override;

 private:
  AdamWOptions options_;
  AlignedBuffer<float> mean_, variance_;  // [parameters], tensors one after the other
  AlignedBuffer<std::int64_t> steps_{1};
};

}  // namespace sancho::engine

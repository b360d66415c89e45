#pragma once

#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/kernels/thread_pool.h"
#include "engine/train/trainable.h"

namespace sancho::engine {

/// The threads of training. Each takes its share of a batch through a network of its own, so no
/// product waits for another; gradients are added up in worker order. The same number of threads
/// gives the same sums, bit for bit.
class Workers {
 public:
  Workers(const TrainableWeights& weights, const TrainOptions& options, std::size_t max_length,
          ThreadPool& pool);
  ~Workers();

  /// Mean loss over the counted tokens of `batch` and its gradient, which stands in `gradient()`
  /// afterwards. Empty when stopped.
  std::optional<double> loss_and_gradient(std::span<const TrainSample> samples,
                                          std::span<const std::uint32_t> batch,
                                          std::stop_token stop);
  /// Summed loss over all samples. Empty when stopped.
  std::optional<LossResult> loss(std::span<const TrainSample> samples, std::stop_token stop);

  std::span<float> gradient();

 private:
  struct Worker;
  std::vector<std::vector<std::uint32_t>> deal_out(std::span<const TrainSample> samples,
                                                   std::span<const std::uint32_t> batch) const;
  std::span<const TokenId> cut(const TrainSample& sample) const;
  std::size_t counted(const TrainSample& sample) const;
  template <class Visit>
  bool for_each_pack(std::span<const TrainSample> samples, std::span<const std::uint32_t> batch,
                     Visit visit);
  void add_up();

  const TrainableWeights& weights_;
  ThreadPool& pool_;
  std::size_t max_sample_tokens_, pack_tokens_;
  int threads_each_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace sancho::engine

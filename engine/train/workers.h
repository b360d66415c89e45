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

  /// Mean loss over the counted tokens (or the pairs) of `batch` and its gradient, which stands in
  /// `gradient()` afterwards. Empty when stopped.
  std::optional<double> loss_and_gradient(std::span<const TrainSample> samples,
                                          std::span<const std::uint32_t> batch,
                                          std::stop_token stop);
  /// Summed loss over all samples. Empty when stopped.
  std::optional<LossResult> loss(std::span<const TrainSample> samples, std::stop_token stop);

  std::span<float> gradient();

  /// Finds the quickest way to train each layer, as these workers would.
  void choose(SparseLayers& layers) const;

  /// Where the gradients of the frozen weights of each adapted layer are largest: its
  /// ⌊density·size⌋ places of the largest sum of squares over one gradient for each of `batches`,
  /// of which as many samples are looked at as go through the network at once. Only one gradient of
  /// one layer exists at a time, and of the sums as many as fit `sum_bytes`: further layers take
  /// another pass. Empty when stopped.
  std::optional<std::vector<CsrPattern>> places_of_largest_gradients(
      std::span<const TrainSample> samples, std::span<const std::vector<std::uint32_t>> batches,
      double density, std::size_t sum_bytes, std::stop_token stop);

 private:
  struct Worker;
  std::vector<std::vector<std::uint32_t>> deal_out(std::span<const TrainSample> samples,
                                                   std::span<const std::uint32_t> batch) const;
  std::span<const TokenId> cut(const TrainSample& sample) const;
  std::size_t counted(const TrainSample& sample) const;
  template <class Visit>
  bool for_each_pack(std::span<const TrainSample> samples, std::span<const std::uint32_t> batch,
                     Visit visit);
  std::optional<double> pair_loss(std::span<const TrainSample> samples,
                                  std::span<const std::uint32_t> batch, bool backward,
                                  std::stop_token stop);
  std::optional<LossResult> pair_losses(std::span<const TrainSample> samples, std::stop_token stop);
  Distillation<float> distillation(const Worker& worker) const;
  void add_up();

  const TrainableWeights& weights_;
  std::shared_ptr<const Model> teacher_;
  std::optional<FrozenBase<float>> teacher_base_;
  float features_ = 1, divergence_ = 0;
  float temperature_;              // of contrastive training
  std::size_t pair_batch_tokens_;  // that meet each other
  ThreadPool& pool_;
  std::size_t max_sample_tokens_, pack_tokens_;
  int threads_each_;
  GemmPrecision precision_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace sancho::engine

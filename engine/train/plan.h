#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/train/trainer.h"

namespace sancho::engine {

/// Which samples go into which step: in every epoch a shuffle of all samples (of all groups of
/// neighbours), cut into batches of whole samples. A function of the options, the sample lengths
/// and the seed alone.
class BatchPlan {
 public:
  BatchPlan(std::vector<std::size_t> lengths, const TrainOptions& options);

  std::size_t total_steps() const { return total_steps_; }
  /// Sample numbers of a step. Asking for steps in order is cheap.
  std::vector<std::uint32_t> batch(std::size_t step);
  double epoch_at(std::size_t step);

 private:
  void go_to(std::size_t step);
  void shuffle(std::size_t epoch);

  std::vector<std::size_t> lengths_;
  std::size_t batch_tokens_, neighbours_;
  std::uint64_t seed_;
  std::size_t total_steps_ = 0;

  std::size_t epoch_ = 0, first_step_ = 0;  // the epoch laid out, and its first step
  std::vector<std::uint32_t> order_;
  std::vector<std::size_t> cuts_;  // batch b = order_[cuts_[b], cuts_[b + 1])
};

/// Deals samples to workers so that each has about as many tokens, longest first.
std::vector<std::vector<std::uint32_t>> deal(std::span<const std::uint32_t> samples,
                                             std::span<const std::size_t> lengths,
                                             std::size_t workers);

/// The learning rate after `step` steps, at `progress` 0…1 through the run.
double learning_rate(const TrainOptions& options, std::size_t step, double progress);

}  // namespace sancho::engine

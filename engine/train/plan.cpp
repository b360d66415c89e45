#include "engine/train/plan.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/tensor/random.h"
#include "engine/train/schedules.h"

namespace sancho::engine {

BatchPlan::BatchPlan(std::vector<std::size_t> lengths, const TrainOptions& options)
    : lengths_(std::move(lengths)),
      batch_tokens_(std::max<std::size_t>(options.batch_tokens, 1)),
      neighbours_(std::max<std::size_t>(options.neighbours, 1)),
      seed_(options.seed) {
  if (lengths_.empty()) return;
  if (options.max_steps > 0) {
    total_steps_ = options.max_steps;
  } else {
    const double whole = std::floor(options.epochs);
    for (std::size_t e = 0; e < static_cast<std::size_t>(whole); ++e) {
      shuffle(e);
      total_steps_ += cuts_.size() - 1;
    }
    shuffle(static_cast<std::size_t>(whole));
    total_steps_ += static_cast<std::size_t>(
        std::ceil((options.epochs - whole) * static_cast<double>(cuts_.size() - 1)));
  }
  shuffle(0);
}

void BatchPlan::shuffle(std::size_t epoch) {
  epoch_ = epoch;
  std::vector<std::size_t> groups((lengths_.size() + neighbours_ - 1) / neighbours_);
  std::iota(groups.begin(), groups.end(), std::size_t{0});
  SplitMix64 random(seed_ * 0x9e3779b97f4a7c15u + epoch);
  for (std::size_t i = groups.size(); i > 1; --i)
    std::swap(groups[i - 1], groups[static_cast<std::size_t>(random.next() % i)]);
  order_.clear();
  for (const std::size_t group : groups)
    for (std::size_t i = group * neighbours_;
         i < std::min((group + 1) * neighbours_, lengths_.size()); ++i)
      order_.push_back(static_cast<std::uint32_t>(i));

  cuts_.assign(1, 0);
  std::size_t tokens = 0;
  for (std::size_t i = 0; i < order_.size(); ++i) {
    if (tokens > 0 && tokens + lengths_[order_[i]] > batch_tokens_) {
      cuts_.push_back(i);
      tokens = 0;
    }
    tokens += lengths_[order_[i]];
  }
  cuts_.push_back(order_.size());
}

void BatchPlan::go_to(std::size_t step) {
  if (step < first_step_) {
    first_step_ = 0;
    shuffle(0);
  }
  while (step - first_step_ >= cuts_.size() - 1) {
    first_step_ += cuts_.size() - 1;
    shuffle(epoch_ + 1);
  }
}

std::vector<std::uint32_t> BatchPlan::batch(std::size_t step) {
  go_to(step);
  const auto at = order_.begin();
  const auto cut = [&](std::size_t i) { return static_cast<std::ptrdiff_t>(cuts_[i]); };
  return {at + cut(step - first_step_), at + cut(step - first_step_ + 1)};
}

double BatchPlan::epoch_at(std::size_t step) {
  go_to(step);
  return static_cast<double>(epoch_) +
         static_cast<double>(step - first_step_) / static_cast<double>(cuts_.size() - 1);
}

std::vector<std::vector<std::uint32_t>> deal(std::span<const std::uint32_t> samples,
                                             std::span<const std::size_t> lengths,
                                             std::size_t workers) {
  std::vector<std::uint32_t> sorted(samples.begin(), samples.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return lengths[a] > lengths[b]; });
  std::vector<std::vector<std::uint32_t>> hands(workers);
  std::vector<std::size_t> load(workers);
  for (const std::uint32_t sample : sorted) {
    const auto least =
        static_cast<std::size_t>(std::min_element(load.begin(), load.end()) - load.begin());
    hands[least].push_back(sample);
    load[least] += lengths[sample];
  }
  return hands;
}

double learning_rate(const TrainOptions& o, std::size_t step, double progress) {
  const auto decay = o.schedule == TrainOptions::Schedule::cosine ? cosine_decay : linear_decay;
  return o.learning_rate * warm_up(step, o.warmup_steps) *
         decay(progress, o.min_learning_rate_ratio);
}

}  // namespace sancho::engine

#pragma once

#include <cstddef>
#include <vector>

namespace sancho::engine {

// How rates and sparsity change over a run. `progress` is the share of the run that lies behind,
// 0…1; what lies outside is clamped.

/// 1 at the start, `floor` at the end, in a straight line.
double linear_decay(double progress, double floor);
/// The same along half a cosine.
double cosine_decay(double progress, double floor);
/// 1/n, 2/n … 1 over the first `n` steps, then 1.
double warm_up(std::size_t step, std::size_t n);
/// From `high` in a straight line to `low` within each period of `period` steps, then again from
/// `high`: the learning rate of gradual pruning, where a period begins at each pruning step.
double cyclic(std::size_t step, std::size_t period, double high, double low);

/// Sparsity of gradual pruning: `last` − (`last` − `first`)·(1 − progress)³ (Zhu & Gupta 2017).
double cubic_sparsity(double progress, double first, double last);

/// Gradual pruning with recovery: prunes at `begin`, begin + every … up to `end`, along the cubic
/// curve from `first` to `last`, and then only trains.
struct PruningSchedule {
  std::size_t begin = 0, end = 0, every = 1;
  double first = 0, last = 0;

  bool prunes_at(std::size_t step) const;
  /// In force from the last pruning step on; 0 before `begin`.
  double sparsity_at(std::size_t step) const;
};

/// AC/DC (Peste et al. 2021): dense and sparse phases in turn. Weights are masked to the largest in
/// sparse phases; every weight trains in dense ones, grown back from zero.
class AlternatingPhases {
 public:
  /// A dense warm-up, sparse and dense phases of `phase` steps in turn, dense from `last_dense` on,
  /// sparse from `last_sparse` to the end. Throws std::invalid_argument where they are not in
  /// order.
  AlternatingPhases(std::size_t warm_up, std::size_t phase, std::size_t last_dense,
                    std::size_t last_sparse);

  bool sparse_at(std::size_t step) const;
  /// A sparse phase begins: choose its mask.
  bool prunes_at(std::size_t step) const;
  /// A dense phase follows a sparse one: the optimizer forgets its momentum.
  bool forgets_at(std::size_t step) const;

 private:
  std::size_t warm_up_, phase_, last_dense_, last_sparse_;
};

}  // namespace sancho::engine

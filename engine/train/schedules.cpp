#include "engine/train/schedules.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace sancho::engine {
namespace {

double left_of(double progress) {
  return 1 - std::clamp(progress, 0.0, 1.0);
}

}  // namespace

double linear_decay(double progress, double floor) {
  return floor + (1 - floor) * left_of(progress);
}

double cosine_decay(double progress, double floor) {
  return floor + (1 - floor) * 0.5 * (1 - std::cos(std::numbers::pi * left_of(progress)));
}

double warm_up(std::size_t step, std::size_t n) {
  return step < n ? static_cast<double>(step + 1) / static_cast<double>(n) : 1.0;
}

double cyclic(std::size_t step, std::size_t period, double high, double low) {
  const auto length = std::max<std::size_t>(period, 2);
  return high + (low - high) * static_cast<double>(step % length) / static_cast<double>(length - 1);
}

double cubic_sparsity(double progress, double first, double last) {
  const double left = left_of(progress);
  return last - (last - first) * left * left * left;
}

bool PruningSchedule::prunes_at(std::size_t step) const {
  return step >= begin && step <= end && (step - begin) % std::max<std::size_t>(every, 1) == 0;
}

double PruningSchedule::sparsity_at(std::size_t step) const {
  if (step < begin) return 0;
  const std::size_t stride = std::max<std::size_t>(every, 1);
  const std::size_t prunings = (end - begin) / stride;
  if (prunings == 0) return last;
  const std::size_t done = std::min((step - begin) / stride, prunings);
  return cubic_sparsity(static_cast<double>(done) / static_cast<double>(prunings), first, last);
}

AlternatingPhases::AlternatingPhases(std::size_t warm_up, std::size_t phase, std::size_t last_dense,
                                     std::size_t last_sparse)
    : warm_up_(warm_up), phase_(phase), last_dense_(last_dense), last_sparse_(last_sparse) {
  if (phase == 0 || warm_up > last_dense || last_dense > last_sparse)
    throw std::invalid_argument(
        "Alternating phases must follow each other: warm-up, phases, last dense, last sparse.");
}

bool AlternatingPhases::sparse_at(std::size_t step) const {
  if (step >= last_dense_) return step >= last_sparse_;
  return step >= warm_up_ && (step - warm_up_) / phase_ % 2 == 0;
}

bool AlternatingPhases::prunes_at(std::size_t step) const {
  return sparse_at(step) && (step == 0 || !sparse_at(step - 1));
}

bool AlternatingPhases::forgets_at(std::size_t step) const {
  return step > 0 && !sparse_at(step) && sparse_at(step - 1);
}

}  // namespace sancho::engine

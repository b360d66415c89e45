#include "engine/train/work_clock.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace sancho::engine {

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

WorkClock::WorkClock(double before, std::function<double()> now)
    : now_(std::move(now)), last_(now_()), before_(before) {}

double WorkClock::work_since_last() const {
  const double piece = std::max(now_() - last_, 0.0);
  const double mean = laps_ > 0 ? worked_ / static_cast<double>(laps_) : piece;
  return piece > 60 && piece > 10 * mean ? mean : piece;
}

void WorkClock::lap() {
  worked_ += work_since_last();
  ++laps_;
  skip();
}

void WorkClock::skip() {
  last_ = now_();
}

double WorkClock::seconds() const {
  return before_ + worked_ + work_since_last();
}

}  // namespace sancho::engine

#pragma once

#include <cstddef>
#include <functional>

namespace sancho::engine {

/// Seconds on a clock that a change of the computer's time does not touch.
double steady_seconds();

/// Time spent working, in seconds. Pauses are left out, and so are gaps in which the computer slept
/// or the process was stopped, on systems whose steady clock runs on meanwhile.
class WorkClock {
 public:
  /// `before`: what was worked in earlier runs. `now` may be replaced in tests.
  explicit WorkClock(double before = 0, std::function<double()> now = steady_seconds);

  /// Ends a piece of work, a step of training. One of over a minute that took ten times the mean of
  /// those before was interrupted and counts as one of them.
  void lap();
  /// What happened since the last piece was a pause.
  void skip();
  double seconds() const;

 private:
  double work_since_last() const;

  std::function<double()> now_;
  double last_, before_, worked_ = 0;
  std::size_t laps_ = 0;
};

}  // namespace sancho::engine

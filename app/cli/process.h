#pragma once

#include <stop_token>
#include <thread>

namespace sancho::cli {

/// The most memory this process has held so far, in MiB.
double peak_rss_mb();

/// Lets everything else on the machine go first.
void lower_priority();

/// Keeps this process and all threads it starts from now on to `count` processors.
void limit_processors(unsigned count);

/// Turns the first SIGINT or SIGTERM into a stop request; a second one ends the process at once.
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::jthread watcher_;
};

}  // namespace sancho::cli

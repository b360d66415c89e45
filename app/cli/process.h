#pragma once

#include <cstdint>
#include <stop_token>
#include <thread>

namespace sancho::cli {

/// The most memory this process has held so far, in MiB.
double peak_rss_mb();

/// Address space that the libraries map at their start: OpenBLAS 128 MiB for each processor. Where
/// a limit (`ulimit -v`) denies it that, its threads ask again for ever and the process never ends.
std::uint64_t libraries_address_space();
/// The limit on this process's address space; the largest number where there is none.
std::uint64_t address_space_limit();

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

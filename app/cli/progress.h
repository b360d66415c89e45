#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "app/cli/verb.h"

namespace sancho::cli {

/// One object on a line of standard error, for a front end that runs this program as its child.
void print_progress(const Json& status);

/// One line of progress on standard error: rewritten in place on a terminal, else a new line every
/// few seconds, so that a short job in a script is silent. The destructor ends the line.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const std::string& text);
  /// For jobs that count: "WHAT 12 of 340".
  std::function<void(std::size_t, std::size_t)> counter(std::string what);

 private:
  bool terminal_ = false;
  std::size_t width_ = 0;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace sancho::cli

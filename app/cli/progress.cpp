#include "app/cli/progress.h"

#include <cstdio>

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

namespace sancho::cli {

using namespace std::chrono_literals;

void print_progress(const Json& status) {
  std::fprintf(stderr, "%s\n", status.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
}

ProgressLine::ProgressLine() {
#if defined(__unix__) || defined(__APPLE__)
  terminal_ = isatty(STDERR_FILENO) != 0;
#endif
  if (!terminal_) last_ = std::chrono::steady_clock::now();
}

ProgressLine::~ProgressLine() {
  if (terminal_ && width_ > 0) std::fputc('\n', stderr);
}

void ProgressLine::show(const std::string& text) {
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < (terminal_ ? 100ms : 5s)) return;
  last_ = now;
  if (!terminal_) {
    std::fprintf(stderr, "%s\n", text.c_str());
    return;
  }
  std::fprintf(stderr, "\r%-*s", static_cast<int>(width_), text.c_str());
  width_ = text.size();
}

std::function<void(std::size_t, std::size_t)> ProgressLine::counter(std::string what) {
  return [this, what = std::move(what)](std::size_t done, std::size_t total) {
    show(what + " " + std::to_string(done) + " of " + std::to_string(total));
  };
}

}  // namespace sancho::cli

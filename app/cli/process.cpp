#include "app/cli/process.h"

#include <chrono>
#include <csignal>
#include <limits>

#include "core/personal/resources_check.h"

#if defined(__unix__) || defined(__APPLE__)
#include <sched.h>
#include <sys/resource.h>
#endif
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace sancho::cli {

namespace {

volatile std::sig_atomic_t signalled = 0;

void on_signal(int number) {
  signalled = 1;
  std::signal(number, SIG_DFL);
}

}  // namespace

double peak_rss_mb() {
  return static_cast<double>(core::peak_memory()) / (1024.0 * 1024.0);
}

std::uint64_t libraries_address_space() {
  constexpr std::uint64_t buffer = 128 << 20;
  return buffer * (std::uint64_t{std::thread::hardware_concurrency()} + 1);
}

std::uint64_t address_space_limit() {
#if defined(__unix__) || defined(__APPLE__)
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) return limit.rlim_cur;
#endif
  return std::numeric_limits<std::uint64_t>::max();
}

void lower_priority() {
#if defined(__unix__) || defined(__APPLE__)
  setpriority(PRIO_PROCESS, 0, 10);
#endif
#if defined(__linux__)
  const sched_param parameters{};
  sched_setscheduler(0, SCHED_IDLE, &parameters);
  constexpr int this_process = 1, idle_class = 3 << 13;  // of linux/ioprio.h
  syscall(SYS_ioprio_set, this_process, 0, idle_class);
#endif
}

void limit_processors([[maybe_unused]] unsigned count) {
#if defined(__linux__)
  cpu_set_t allowed, chosen;
  CPU_ZERO(&chosen);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  for (unsigned cpu = 0; cpu < CPU_SETSIZE && count > 0; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed)) continue;
    CPU_SET(cpu, &chosen);
    --count;
  }
  sched_setaffinity(0, sizeof chosen, &chosen);
#endif
}

StopOnSignal::StopOnSignal() {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  watcher_ = std::jthread([this](std::stop_token done) {
    while (!done.stop_requested() && !signalled)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (signalled) source_.request_stop();
  });
}

StopOnSignal::~StopOnSignal() = default;

}  // namespace sancho::cli

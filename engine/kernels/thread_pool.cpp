#include "engine/kernels/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#ifdef __linux__
#include <sched.h>
#endif

namespace sancho::engine {
namespace {

unsigned usable_processors() {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
#endif
  return std::max(1u, std::thread::hardware_concurrency());
}

void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

/// Waits until `value` is no longer `old`: some sixty microseconds awake, for loops that follow
/// closely on each other, then asleep.
unsigned await_change(const std::atomic<unsigned>& value, unsigned old) {
  constexpr int spins = 4000;
  for (int i = 0; i < spins; ++i) {
    const unsigned now = value.load(std::memory_order_acquire);
    if (now != old) return now;
    relax();
  }
  value.wait(old, std::memory_order_acquire);
  return value.load(std::memory_order_acquire);
}

}  // namespace

struct ThreadPool::Impl {
  std::mutex caller;  // held for the length of one loop
  std::vector<std::thread> workers;
  std::atomic<unsigned> round{0};  // counts loops; a change wakes the workers
  std::atomic<unsigned> done{0};   // pieces of the current loop
  std::atomic<bool> stopping{false};

  /// The current loop and its next piece: loop << 32 | piece. A thread that takes a piece by
  /// raising it knows that what it has read of `job` belongs to that loop, which cannot end before:
  /// the ticket is closed while `job` changes.
  std::atomic<std::uint64_t> ticket{0};
  static constexpr std::uint64_t closed = 0xffffffff;
  struct Job {
    std::atomic<std::size_t> count{0}, grain{1};
    std::atomic<unsigned> pieces{0};
    std::atomic<Call*> call{nullptr};
    std::atomic<const void*> body{nullptr};
  } job;
  std::mutex error_mutex;
  std::exception_ptr error;

  unsigned threads() const { return static_cast<unsigned>(workers.size()) + 1; }

  /// Takes pieces until none is left.
  void help() {
    constexpr auto acquire = std::memory_order_acquire;
    for (auto next = ticket.load(acquire);;) {
      const auto piece = static_cast<unsigned>(next);
      const unsigned pieces = job.pieces.load(acquire);
      if (piece >= pieces) return;
      const std::size_t count = job.count.load(acquire), grain = job.grain.load(acquire);
      Call* const call = job.call.load(acquire);
      const void* const body = job.body.load(acquire);
      if (!ticket.compare_exchange_weak(next, next + 1, std::memory_order_acq_rel, acquire))
        continue;
      // Whole grains, as even as they go.
      const std::size_t grains = (count + grain - 1) / grain;
      const std::size_t each = grains / pieces, extra = grains % pieces;
      const std::size_t first = piece * each + std::min<std::size_t>(piece, extra);
      const std::size_t last = first + each + (piece < extra ? 1 : 0);
      try {
        call(body, first * grain, std::min(count, last * grain), piece);
      } catch (...) {
        const std::lock_guard lock(error_mutex);
        if (!error) error = std::current_exception();
      }
      if (done.fetch_add(1, std::memory_order_acq_rel) + 1 == pieces) done.notify_one();
      next = ticket.load(acquire);
    }
  }

  void work() {
    for (unsigned seen = 0;;) {
      seen = await_change(round, seen);
      if (stopping) return;
      help();
    }
  }

  void wake() {
    round.fetch_add(1, std::memory_order_release);
    round.notify_all();
  }
};

ThreadPool::ThreadPool(unsigned threads) : impl_(std::make_unique<Impl>()) {
  if (threads == 0) threads = usable_processors();
  impl_->workers.reserve(threads - 1);
  try {
    for (unsigned i = 1; i < threads; ++i)
      impl_->workers.emplace_back([impl = impl_.get()] { impl->work(); });
  } catch (...) {
    impl_->stopping = true;
    impl_->wake();
    for (std::thread& worker : impl_->workers) worker.join();
    throw;
  }
}

ThreadPool::~ThreadPool() {
  impl_->stopping = true;
  impl_->wake();
  for (std::thread& worker : impl_->workers) worker.join();
}

unsigned ThreadPool::threads() const {
  return impl_->threads();
}

void ThreadPool::run(std::size_t count, std::size_t grain, unsigned pieces, Call* call,
                     const void* body) {
  if (count == 0) return;
  grain = std::max<std::size_t>(1, grain);
  if (threads() == 1 || count <= grain) return call(body, 0, count, 0);
  pieces = static_cast<unsigned>(std::min<std::size_t>(pieces, (count + grain - 1) / grain));

  Impl& impl = *impl_;
  constexpr auto release = std::memory_order_release;
  const std::lock_guard lock(impl.caller);
  const std::uint64_t loop = (impl.ticket.load(std::memory_order_relaxed) >> 32) + 1;
  impl.ticket.store(loop << 32 | Impl::closed, release);
  impl.job.count.store(count, release);
  impl.job.grain.store(grain, release);
  impl.job.pieces.store(pieces, release);
  impl.job.call.store(call, release);
  impl.job.body.store(body, release);
  impl.done.store(0, release);
  impl.ticket.store(loop << 32, release);
  impl.wake();
  impl.help();
  for (unsigned done = impl.done.load(std::memory_order_acquire); done != pieces;)
    done = await_change(impl.done, done);
  if (impl.error) std::rethrow_exception(std::exchange(impl.error, nullptr));
}

}  // namespace sancho::engine

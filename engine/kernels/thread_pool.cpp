#include "engine/kernels/thread_pool.h"

#include <algorithm>
#include <atomic>
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

/// Waits until `value` is no longer `old`: a few microseconds awake, for loops that follow closely
/// on each other, then asleep.
unsigned await_change(const std::atomic<unsigned>& value, unsigned old) {
  constexpr int spins = 400;
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
  using Body = std::function<void(std::size_t, std::size_t, unsigned)>;

  std::mutex caller;  // held for the length of one loop
  std::vector<std::thread> workers;
  std::atomic<unsigned> round{0};    // counts loops; a change wakes the workers
  std::atomic<unsigned> pending{0};  // workers still busy with the current loop
  bool stopping = false;

  std::size_t count = 0, grain = 1;
  const Body* body = nullptr;
  std::mutex error_mutex;
  std::exception_ptr error;

  unsigned threads() const { return static_cast<unsigned>(workers.size()) + 1; }

  /// Thread `index`'s share: whole grains, as even as they go.
  void run_share(unsigned index) {
    const std::size_t grains = (count + grain - 1) / grain;
    const std::size_t each = grains / threads(), extra = grains % threads();
    const std::size_t first = index * each + std::min<std::size_t>(index, extra);
    const std::size_t last = first + each + (index < extra ? 1 : 0);
    if (first == last) return;
    try {
      (*body)(first * grain, std::min(count, last * grain), index);
    } catch (...) {
      const std::lock_guard lock(error_mutex);
      if (!error) error = std::current_exception();
    }
  }

  void work(unsigned index) {
    unsigned seen = 0;
    for (;;) {
      seen = await_change(round, seen);
      if (stopping) return;
      run_share(index);
      if (pending.fetch_sub(1, std::memory_order_acq_rel) == 1) pending.notify_one();
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
      impl_->workers.emplace_back([impl = impl_.get(), i] { impl->work(i); });
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

void ThreadPool::parallel_for(std::size_t count, std::size_t grain,
                              const std::function<void(std::size_t, std::size_t, unsigned)>& body) {
  if (count == 0) return;
  Impl& impl = *impl_;
  const std::lock_guard lock(impl.caller);
  impl.count = count;
  impl.grain = std::max<std::size_t>(1, grain);
  impl.body = &body;
  impl.error = nullptr;
  const bool alone = impl.workers.empty() || count <= impl.grain;
  if (!alone) {
    impl.pending.store(impl.threads() - 1, std::memory_order_relaxed);
    impl.wake();
  }
  impl.run_share(0);
  if (!alone)
    for (unsigned left = impl.pending.load(std::memory_order_acquire); left != 0;)
      left = await_change(impl.pending, left);
  if (impl.error) std::rethrow_exception(std::exchange(impl.error, nullptr));
}

}  // namespace sancho::engine

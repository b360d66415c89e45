#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace sancho::engine {

/// A fixed set of threads for data-parallel loops. The caller works too, so a pool of one thread
/// starts none. Threads sleep when there is nothing to do. Two callers may share a pool: their
/// loops run one after the other. The split of a loop depends only on its length and the number of
/// threads, so results repeat bit for bit.
class ThreadPool {
 public:
  /// 0 = as many as there are processors this process may use.
  explicit ThreadPool(unsigned threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  unsigned threads() const;

  /// Calls `body(begin, end, thread)` on disjoint ranges that cover [0, count), each a multiple of
  /// `grain` but the last. Returns when all are done; rethrows the first exception of a body.
  /// A body must not start a loop on the same pool.
  void parallel_for(std::size_t count, std::size_t grain,
                    const std::function<void(std::size_t, std::size_t, unsigned)>& body);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sancho::engine

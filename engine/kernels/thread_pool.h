#pragma once

#include <cstddef>
#include <memory>

namespace sancho::engine {

/// A fixed set of threads for data-parallel loops. The caller works too, so a pool of one thread
/// starts none. Threads sleep when there is nothing to do, and a loop waits for none that has not
/// woken: whoever is awake takes its piece. Two callers may share a pool: their loops run one after
/// the other. The pieces of a loop depend only on its length, its grain and the number of threads,
/// so results repeat bit for bit.
class ThreadPool {
 public:
  /// 0 = as many as there are processors this process may use.
  explicit ThreadPool(unsigned threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  unsigned threads() const;

  /// Calls `body(begin, end, piece)` on disjoint ranges that cover [0, count), one per thread and
  /// as even as they go, each a multiple of `grain` but the last. `piece` < threads() tells them
  /// apart. Returns when all are done; rethrows the first exception of a body. A body must not
  /// start a loop on the same pool.
  template <class Body>
  void parallel_for(std::size_t count, std::size_t grain, const Body& body) {
    run(count, grain, threads(), call<Body>, &body);
  }

  /// The same in smaller pieces, for work that is uneven or shares a processor with other programs:
  /// a thread that is done early takes another one. `piece` is the number of the range.
  template <class Body>
  void parallel_pieces(std::size_t count, std::size_t grain, const Body& body) {
    constexpr unsigned pieces_per_thread = 4;
    run(count, grain, threads() * pieces_per_thread, call<Body>, &body);
  }

 private:
  using Call = void(const void* body, std::size_t begin, std::size_t end, unsigned piece);
  template <class Body>
  static void call(const void* body, std::size_t begin, std::size_t end, unsigned piece) {
    (*static_cast<const Body*>(body))(begin, end, piece);
  }
  void run(std::size_t count, std::size_t grain, unsigned pieces, Call* call, const void* body);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sancho::engine

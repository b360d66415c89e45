#include <QTest>
#include <algorithm>
#include <atomic>
#include <ctime>
#include <mutex>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>
#include <tuple>
#include <vector>

#include "engine/kernels/thread_pool.h"

using sancho::engine::ThreadPool;

namespace {

using Split = std::vector<std::tuple<std::size_t, std::size_t, unsigned>>;

Split split_of(ThreadPool& pool, std::size_t count, std::size_t grain) {
  Split split;
  std::mutex mutex;
  pool.parallel_for(count, grain, [&](std::size_t begin, std::size_t end, unsigned thread) {
    const std::lock_guard lock(mutex);
    split.emplace_back(begin, end, thread);
  });
  std::ranges::sort(split);
  return split;
}

}  // namespace

class TestThreadPool : public QObject {
  Q_OBJECT

 private slots:
  void ranges_cover_every_index_once_in_whole_grains() {
    for (const unsigned threads : {1u, 2u, 3u, 5u}) {
      ThreadPool pool(threads);
      QCOMPARE(pool.threads(), threads);
      for (const std::size_t count : {0u, 1u, 7u, 8u, 9u, 64u, 1001u})
        for (const std::size_t grain : {1u, 4u, 8u, 2000u}) {
          std::size_t next = 0;
          for (const auto& [begin, end, thread] : split_of(pool, count, grain)) {
            QCOMPARE(begin, next);
            QVERIFY(begin < end && thread < threads);
            QVERIFY(end % grain == 0 || end == count);
            next = end;
          }
          QCOMPARE(next, count);
        }
    }
  }

  void split_is_the_same_every_time() {
    ThreadPool pool(3), twin(3);
    const Split first = split_of(pool, 1003, 8);
    QCOMPARE(first.size(), std::size_t{3});
    for (int i = 0; i < 50; ++i) QVERIFY(split_of(pool, 1003, 8) == first);
    QVERIFY(split_of(twin, 1003, 8) == first);
  }

  void pieces_cover_every_index_once_in_whole_grains() {
    for (const unsigned threads : {1u, 2u, 5u}) {
      ThreadPool pool(threads);
      for (const std::size_t count : {0u, 1u, 7u, 64u, 1001u})
        for (const std::size_t grain : {1u, 8u, 2000u}) {
          std::vector<std::atomic<int>> times(count);
          pool.parallel_pieces(count, grain, [&](std::size_t begin, std::size_t end, unsigned) {
            for (std::size_t i = begin; i < end; ++i) ++times[i];
            if (begin % grain != 0) times[begin] = -1;
          });
          QVERIFY(std::ranges::all_of(times, [](const auto& n) { return n == 1; }));
        }
    }
  }

  void loops_that_follow_closely_never_mix() {
    ThreadPool pool(4);
    std::vector<std::size_t> sums(64);
    for (std::size_t loop = 1; loop < 3000; ++loop) {
      const std::size_t count = 1 + loop % sums.size();
      pool.parallel_pieces(count, 1, [&](std::size_t begin, std::size_t end, unsigned) {
        for (std::size_t i = begin; i < end; ++i) sums[i] += loop;
      });
      const std::size_t sum = std::accumulate(sums.begin(), sums.end(), std::size_t{0});
      QCOMPARE(sum, count * loop);
      std::ranges::fill(sums, 0);
    }
  }

  void a_thread_that_is_done_takes_what_is_left() {
    ThreadPool pool(2);
    std::mutex mutex;
    std::set<std::thread::id> late;
    pool.parallel_pieces(8, 1, [&](std::size_t begin, std::size_t, unsigned) {
      if (begin == 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
      } else {
        const std::lock_guard lock(mutex);
        late.insert(std::this_thread::get_id());
      }
    });
    QCOMPARE(late.size(), std::size_t{1});
  }

  void exception_of_a_body_reaches_the_caller_and_the_pool_lives_on() {
    ThreadPool pool(3);
    for (unsigned thrower = 0; thrower < 3; ++thrower) {
      QVERIFY_EXCEPTION_THROWN(pool.parallel_for(30, 1,
                                                 [&](std::size_t, std::size_t, unsigned thread) {
                                                   if (thread == thrower)
                                                     throw std::runtime_error("body");
                                                 }),
                               std::runtime_error);
      QCOMPARE(split_of(pool, 30, 1).size(), std::size_t{3});
    }
  }

  void two_callers_share_a_pool() {
    ThreadPool pool(2);
    std::atomic<std::size_t> total{0};
    std::atomic<int> inside{0};
    std::atomic<bool> overlapped{false};
    const auto call = [&] {
      for (int i = 0; i < 500; ++i) {
        pool.parallel_for(100, 1, [&](std::size_t begin, std::size_t end, unsigned) {
          if (++inside > 2) overlapped = true;
          total += end - begin;
          --inside;
        });
      }
    };
    std::thread other(call);
    call();
    other.join();
    QCOMPARE(total.load(), std::size_t{100000});
    QVERIFY(!overlapped);
  }

  void idle_pool_uses_no_processor_time() {
    ThreadPool pool(4);
    for (int i = 0; i < 100; ++i) split_of(pool, 100, 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const std::clock_t before = std::clock();
    std::this_thread::sleep_for(std::chrono::seconds(1));
    const double used = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
    QVERIFY2(used < 0.01, qPrintable(QString::number(used)));
  }
};

QTEST_APPLESS_MAIN(TestThreadPool)
#include "test_thread_pool.moc"

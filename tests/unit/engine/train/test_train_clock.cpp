#include <QTest>

#include "engine/train/work_clock.h"

using namespace sancho::engine;

class TestTrainClock : public QObject {
  Q_OBJECT

  double time_ = 1000;
  WorkClock clock(double before = 0) {
    return WorkClock(before, [this] { return time_; });
  }

 private slots:
  void work_is_added_to_what_was_before() {
    WorkClock work = clock(7);
    time_ += 2;
    QCOMPARE(work.seconds(), 9.0);
    work.lap();
    time_ += 3;
    QCOMPARE(work.seconds(), 12.0);
  }

  void a_pause_does_not_count() {
    WorkClock work = clock();
    time_ += 2;
    work.lap();
    time_ += 500;
    work.skip();
    time_ += 1;
    QCOMPARE(work.seconds(), 3.0);
  }

  void a_sleeping_computer_does_not_work() {
    WorkClock work = clock();
    for (int step = 0; step < 4; ++step) {
      time_ += 2;
      work.lap();
    }
    time_ += 8 * 3600;
    QCOMPARE(work.seconds(), 10.0);
    work.lap();
    time_ += 2;
    QCOMPARE(work.seconds(), 12.0);
  }

  void long_steps_are_work() {
    WorkClock work = clock();
    for (int step = 0; step < 3; ++step) {
      time_ += 90;
      work.lap();
    }
    QCOMPARE(work.seconds(), 270.0);
  }

  void a_clock_that_goes_back_takes_nothing_away() {
    WorkClock work = clock();
    time_ += 5;
    work.lap();
    time_ -= 3600;
    QCOMPARE(work.seconds(), 5.0);
  }
};

QTEST_GUILESS_MAIN(TestTrainClock)
#include "test_train_clock.moc"

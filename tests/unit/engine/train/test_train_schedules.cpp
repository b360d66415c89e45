#include <QtTest>
#include <cmath>

#include "engine/train/adamw.h"
#include "engine/train/microadam.h"
#include "engine/train/schedules.h"

using namespace sancho::engine;

namespace {

bool near(double a, double b) {
  return std::abs(a - b) < 5e-5;
}

}  // namespace

class TestTrainSchedules : public QObject {
  Q_OBJECT
 private slots:
  void sparsity_follows_the_cubic_curve() {
    const double expected[] = {.7, .7843, .8407, .8750, .8926, .8991, .9};
    for (int i = 0; i <= 6; ++i) QVERIFY(near(cubic_sparsity(i / 6.0, .7, .9), expected[i]));
    QCOMPARE(cubic_sparsity(-1, .7, .9), .7);
    QCOMPARE(cubic_sparsity(2, .7, .9), .9);
  }

  void gradual_pruning_has_steps_and_a_recovery() {
    const PruningSchedule s{.begin = 20, .end = 260, .every = 40, .first = .7, .last = .9};
    QCOMPARE(s.sparsity_at(19), 0.0);
    QCOMPARE(s.sparsity_at(20), .7);
    QCOMPARE(s.sparsity_at(59), .7);
    QVERIFY(near(s.sparsity_at(60), .7843));
    QVERIFY(near(s.sparsity_at(259), .8991));
    QCOMPARE(s.sparsity_at(260), .9);
    QCOMPARE(s.sparsity_at(10000), .9);
    std::size_t prunings = 0;
    for (std::size_t step = 0; step < 400; ++step) prunings += s.prunes_at(step) ? 1 : 0;
    QCOMPARE(prunings, std::size_t{7});
    QVERIFY(s.prunes_at(20) && s.prunes_at(260) && !s.prunes_at(300));
  }

  void a_single_pruning_goes_straight_to_the_target() {
    const PruningSchedule s{.begin = 5, .end = 5, .every = 1, .first = .3, .last = .5};
    QCOMPARE(s.sparsity_at(4), 0.0);
    QCOMPARE(s.sparsity_at(5), .5);
  }

  void rates_decay_from_one_to_the_floor() {
    for (const double floor : {0.0, 0.1}) {
      for (const auto decay : {linear_decay, cosine_decay}) {
        QVERIFY(near(decay(0, floor), 1));
        QVERIFY(near(decay(1, floor), floor));
        QVERIFY(near(decay(0.5, floor), (1 + floor) / 2));
        QVERIFY(near(decay(3, floor), floor));
      }
      QVERIFY(near(linear_decay(0.25, floor), floor + (1 - floor) * .75));
      QVERIFY(near(cosine_decay(0.25, floor), floor + (1 - floor) * .853553));
    }
  }

  void warm_up_rises_to_one() {
    QCOMPARE(warm_up(0, 4), .25);
    QCOMPARE(warm_up(3, 4), 1.0);
    QCOMPARE(warm_up(99, 4), 1.0);
    QCOMPARE(warm_up(0, 0), 1.0);
  }

  void the_cyclic_rate_starts_anew_every_period() {
    QCOMPARE(cyclic(0, 5, 8e-5, 8e-6), 8e-5);
    QVERIFY(std::abs(cyclic(4, 5, 8e-5, 8e-6) - 8e-6) < 1e-15);
    QCOMPARE(cyclic(5, 5, 8e-5, 8e-6), 8e-5);
    QVERIFY(std::abs(cyclic(2, 5, 8e-5, 8e-6) - 4.4e-5) < 1e-15);
  }

  void phases_alternate_and_end_sparse() {
    const AlternatingPhases phases(10, 5, 75, 85);
    for (std::size_t step = 0; step < 100; ++step) {
      const bool sparse = step >= 85 || (step >= 10 && step < 75 && (step - 10) / 5 % 2 == 0);
      QCOMPARE(phases.sparse_at(step), sparse);
    }
    std::vector<std::size_t> forgets, prunes;
    for (std::size_t step = 0; step < 100; ++step) {
      if (phases.forgets_at(step)) forgets.push_back(step);
      if (phases.prunes_at(step)) prunes.push_back(step);
    }
    QCOMPARE(prunes, (std::vector<std::size_t>{10, 20, 30, 40, 50, 60, 70, 85}));
    QCOMPARE(forgets, (std::vector<std::size_t>{15, 25, 35, 45, 55, 65, 75}));
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument, AlternatingPhases(80, 5, 75, 85));
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument, AlternatingPhases(10, 0, 75, 85));
  }

  void forgotten_momentum_moves_nothing() {
    ThreadPool pool(1);
    AdamW adamw({}, 64);
    MicroAdam microadam({}, {64});
    for (Optimizer* optimizer :
         {static_cast<Optimizer*>(&adamw), static_cast<Optimizer*>(&microadam)}) {
      std::vector<float> theta(64, 0.0f), gradient(64, 1.0f);
      const ParameterSpan spans[] = {{theta.data(), gradient.data(), 64, true}};
      for (int t = 0; t < 3; ++t) optimizer->step(spans, 1e-2, pool);
      QVERIFY(theta[0] < 0);
      optimizer->forget_momentum();
      std::ranges::fill(gradient, 0.0f);
      const auto before = theta;
      optimizer->step(spans, 1e-2, pool);
      QVERIFY(theta == before);
    }
  }
};

QTEST_APPLESS_MAIN(TestTrainSchedules)
#include "test_train_schedules.moc"

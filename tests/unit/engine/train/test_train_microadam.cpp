#include <QtTest>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "engine/train/adamw.h"
#include "engine/train/microadam.h"

using namespace sancho::engine;

namespace {

bool near(double a, double b) {
  return std::abs(a - b) < 1e-4;
}

}  // namespace

class TestTrainMicroAdam : public QObject {
  Q_OBJECT
 private slots:
  void three_steps_in_exact_arithmetic() {
    MicroAdamOptions o;
    o.density = 0.25;
    o.window = 2;
    o.block = o.bucket = 4;
    MicroAdamMemory<double, double> memory(o, {4});
    const double gradients[3][4] = {{1, .5, -.25, .1}, {.2, .6, -.3, .1}, {.1, .1, -.9, .1}};
    const int codes[3][4] = {{5, 15, 0, 7}, {15, 11, 0, 15}, {15, 5, 0, 15}};
    double theta[4] = {};
    for (int t = 0; t < 3; ++t) {
      const double before[4] = {theta[0], theta[1], theta[2], theta[3]};
      memory.begin_step();
      memory.step_block(memory.blocks()[0], gradients[t], theta, 0.1, 0);
      for (std::size_t i = 0; i < 4; ++i)
        QCOMPARE(i % 2 == 0 ? memory.codes()[i / 2] >> 4 : memory.codes()[i / 2] & 15, codes[t][i]);
      if (t == 0) QVERIFY(near(theta[0], -0.1));
      if (t == 1) {
        QVERIFY(near((before[0] - theta[0]) / 0.1, .67006));
        QVERIFY(near((before[1] - theta[1]) / 0.1, .74414));
      }
    }
    const double expected[4] = {-.16701, -.13194, .06388, 0};
    for (int i = 0; i < 4; ++i) QVERIFY(near(theta[i], expected[i]));
  }

  void the_largest_gradients_are_kept_ties_to_the_front() {
    for (const auto& [n, density, levels] : {std::tuple{1000, 0.03, 1e6},
                                             {1000, 0.03, 8.0},
                                             {777, 0.5, 20.0},
                                             {33, 0.01, 1e6},
                                             {640, 0.1, 1.0}}) {
      MicroAdamOptions o;
      o.density = density;
      o.block = o.bucket = 512;
      const auto size = static_cast<std::size_t>(n);
      MicroAdamMemory<double, double> memory(o, {size});
      std::mt19937 random(7);
      std::uniform_real_distribution<double> uniform(-1, 1);
      std::vector<double> g(size), theta(size);
      for (double& x : g) x = std::round(uniform(random) * levels) / levels;
      memory.begin_step();
      for (const auto& block : memory.blocks()) {
        memory.step_block(block, g.data() + block.offset, theta.data() + block.offset, 0.1, 0);
        std::vector<std::uint16_t> order(block.size);
        std::iota(order.begin(), order.end(), std::uint16_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::uint16_t a, std::uint16_t b) {
          return std::abs(g[block.offset + a]) > std::abs(g[block.offset + b]);
        });
        order.resize(block.keep);
        std::sort(order.begin(), order.end());
        const auto state = memory.state();
        const auto* kept =
            reinterpret_cast<const std::uint16_t*>(state[0].data.data()) + block.kept_before;
        QCOMPARE(std::vector<std::uint16_t>(kept, kept + block.keep), order);
      }
    }
  }

  void threads_do_not_change_the_result() {
    std::vector<float> results[2];
    for (const unsigned threads : {1u, 3u}) {
      ThreadPool pool(threads);
      MicroAdam optimizer({}, {70000, 1001});
      std::mt19937 random(9);
      std::normal_distribution<float> normal;
      std::vector<float>& theta = results[threads / 2];
      theta.assign(71001, 1.0f);
      std::vector<float> g(71001);
      for (int t = 0; t < 12; ++t) {
        for (float& x : g) x = normal(random);
        const ParameterSpan spans[] = {{theta.data(), g.data(), 70000, true},
                                       {theta.data() + 70000, g.data() + 70000, 1001, false}};
        optimizer.step(spans, 1e-2, pool);
      }
    }
    QVERIFY(results[0] == results[1]);
  }

  void with_everything_kept_it_is_adam() {
    constexpr std::size_t n = 50, steps = 12;
    MicroAdamOptions o;
    o.density = 1;
    o.window = steps;
    MicroAdamMemory<double, double> memory(o, {n});
    std::mt19937 random(3);
    std::normal_distribution<double> normal;
    std::vector<double> theta(n), adam(n), m(n), v(n), g(n);
    for (std::size_t t = 1; t <= steps; ++t) {
      for (double& x : g) x = normal(random);
      memory.begin_step();
      memory.step_block(memory.blocks()[0], g.data(), theta.data(), 1e-2, 0);
      for (std::size_t i = 0; i < n; ++i) {
        m[i] = .9 * m[i] + .1 * g[i];
        v[i] = .999 * v[i] + .001 * g[i] * g[i];
        const double td = static_cast<double>(t);
        adam[i] -= 1e-2 * (m[i] / (1 - std::pow(.9, td))) /
                   (std::sqrt(v[i] / (1 - std::pow(.999, td))) + 1e-8);
        QVERIFY(std::abs(theta[i] - adam[i]) < 1e-10);
      }
    }
  }

  void adamw_is_adam_with_decoupled_decay() {
    constexpr std::size_t n = 70;
    ThreadPool pool(2);
    AdamWOptions o;
    o.weight_decay = 0.1;
    AdamW optimizer(o, n);
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    std::vector<float> theta(n, 1.0f), g(n);
    std::vector<double> expected(n, 1.0), m(n), v(n);
    for (int t = 1; t <= 20; ++t) {
      for (float& x : g) x = normal(random);
      const ParameterSpan spans[] = {{theta.data(), g.data(), n / 2, true},
                                     {theta.data() + n / 2, g.data() + n / 2, n / 2, false}};
      optimizer.step(spans, 1e-2, pool);
      for (std::size_t i = 0; i < n; ++i) {
        const double d = static_cast<double>(g[i]);
        m[i] = .9 * m[i] + .1 * d;
        v[i] = .999 * v[i] + .001 * d * d;
        expected[i] = expected[i] * (i < n / 2 ? 1 - 1e-3 : 1.0) -
                      1e-2 * (m[i] / (1 - std::pow(.9, t))) /
                          (std::sqrt(v[i] / (1 - std::pow(.999, t))) + 1e-8);
        QVERIFY(std::abs(static_cast<double>(theta[i]) - expected[i]) < 1e-5);
      }
    }
  }

  void state_is_at_most_0_96_bytes_per_parameter() {
    MicroAdam optimizer({}, {1024 * 256, 704 * 256});
    QVERIFY(static_cast<double>(optimizer.bytes()) / (1024 * 256 + 704 * 256) <= 0.96);
  }

  void equal_gradients_and_zeros_give_finite_updates() {
    ThreadPool pool(1);
    for (const float value : {0.0f, 1.0f, -1e-30f, 1e30f}) {
      MicroAdam optimizer({}, {1001});
      std::vector<float> theta(1001), g(1001, value);
      const ParameterSpan spans[] = {{theta.data(), g.data(), 1001, true}};
      for (int t = 0; t < 15; ++t) optimizer.step(spans, 1e-2, pool);
      for (const float x : theta) QVERIFY(std::isfinite(x));
    }
  }

  void a_quadratic_is_minimised() {
    ThreadPool pool(2);
    constexpr std::size_t n = 5000;
    MicroAdam optimizer({}, {n});
    std::mt19937 random(5);
    std::normal_distribution<float> normal;
    std::vector<float> target(n), theta(n), g(n);
    for (float& x : target) x = normal(random);
    const auto distance = [&] {
      double sum = 0;
      for (std::size_t i = 0; i < n; ++i)
        sum += static_cast<double>((theta[i] - target[i]) * (theta[i] - target[i]));
      return sum;
    };
    const double before = distance();
    for (int t = 0; t < 600; ++t) {
      for (std::size_t i = 0; i < n; ++i) g[i] = theta[i] - target[i];
      const ParameterSpan spans[] = {{theta.data(), g.data(), n, true}};
      optimizer.step(spans, 0.05 * (1 - t / 600.0), pool);
    }
    QVERIFY2(distance() < 0.05 * before, qPrintable(QString::number(distance() / before)));
  }
};

QTEST_APPLESS_MAIN(TestTrainMicroAdam)
#include "test_train_microadam.moc"

#include <QtTest>

#include "compress_data.h"
#include "engine/compress/refine.h"
#include "engine/compress/smooth_quant.h"
#include "engine/compress/stop.h"
#include "engine/compress/sweep.h"

using namespace sancho::engine;
using namespace sancho::engine::testing;

namespace {

Grid unit_grid(int low, int high, double divisor, std::size_t group = 0) {
  return {low, high, divisor, group, false};
}

InputStatistics statistics(const std::vector<float>& h, bool by_size = false) {
  const auto n = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(h.size()))));
  return {{h.data(), n, n}, 0.01, by_size};
}

SweepResult swept(std::vector<float>& w, const std::vector<float>& h, const SweepOptions& options,
                  bool by_size = false) {
  ThreadPool pool(2);
  const auto inputs = statistics(h, by_size);
  return sweep({w.data(), w.size() / inputs.inputs(), inputs.inputs()}, inputs, options, pool);
}

SweepOptions pruning(double share) {
  SweepOptions options;
  options.sparsity.share = share;
  return options;
}

SweepOptions rounding(const Grid& grid, bool static_groups = false) {
  SweepOptions options;
  options.grid = grid;
  options.static_groups = static_groups;
  return options;
}

/// The sweep as the papers state it: one column after the other over the whole rest, in double.
std::vector<float> naive_sweep(const std::vector<float>& w, const std::vector<float>& u,
                               std::size_t n, double share, std::size_t block) {
  const std::size_t rows = w.size() / n;
  std::vector<double> v(w.begin(), w.end());
  std::size_t pruned = 0;
  for (std::size_t begin = 0; begin < n; begin += block) {
    const std::size_t end = std::min(n, begin + block);
    const auto target =
        static_cast<std::size_t>(std::llround(share * static_cast<double>(rows * end)));
    std::vector<std::pair<double, std::size_t>> scores;
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t j = begin; j < end; ++j) {
        const double s = v[r * n + j] / static_cast<double>(u[j * n + j]);
        scores.emplace_back(s * s, r * n + j);
      }
    std::ranges::sort(scores);
    std::vector<bool> zero(w.size());
    for (std::size_t i = 0; i < target - pruned; ++i) zero[scores[i].second] = true;
    pruned = target;
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t j = begin; j < end; ++j) {
        const double error = zero[r * n + j] ? v[r * n + j] / static_cast<double>(u[j * n + j]) : 0;
        if (zero[r * n + j]) v[r * n + j] = 0;
        for (std::size_t k = j + 1; k < n; ++k)
          v[r * n + k] -= error * static_cast<double>(u[j * n + k]);
      }
  }
  return {v.begin(), v.end()};
}

}  // namespace

class TestCompressMethods : public QObject {
  Q_OBJECT
 private slots:
  void the_inverse_factor_of_the_worked_example() {
    const auto u = inverse_factor({example_hessian.data(), 3, 3}, 0.01);
    const double expected[9] = {.80979, -.39959, -.00263, 0, .80979, -.40089, 0, 0, .70360};
    for (std::size_t i = 0; i < 9; ++i) QVERIFY(near(static_cast<double>(u[i]), expected[i]));
  }

  void the_inverse_factor_inverts_matrices_of_many_panels() {
    const std::size_t n = 437;
    const auto h = random_hessian(n, 900);
    const auto u = inverse_factor({h.data(), n, n}, 0.01);
    double mean = 0;
    for (std::size_t i = 0; i < n; ++i) mean += static_cast<double>(h[i * n + i]) / n;
    // UᵀU·(H + λI) is the unit matrix: looked at on some rows.
    for (const std::size_t i : {0u, 191u, 192u, 300u, 436u}) {
      std::vector<double> row(n), product(n);
      for (std::size_t k = 0; k <= i; ++k)
        for (std::size_t j = k; j < n; ++j)
          row[j] += static_cast<double>(u[k * n + i]) * static_cast<double>(u[k * n + j]);
      for (std::size_t j = 0; j < n; ++j)
        for (std::size_t k = 0; k < n; ++k)
          product[k] += row[j] * (static_cast<double>(h[j * n + k]) + (j == k ? .01 * mean : 0));
      for (std::size_t k = 0; k < n; ++k)
        QVERIFY2(std::abs(product[k] - (i == k)) < 1e-3, qPrintable(QString::number(product[k])));
    }
  }

  void rounding_corrects_the_columns_to_come() {
    std::vector<float> w{.7f, .7f, .7f};
    const auto result = swept(w, example_hessian, rounding(unit_grid(-8, 7, 1.4)));
    QCOMPARE(result.scales, std::vector<float>{.5f});
    QCOMPARE(w, (std::vector<float>{.5f, 1.0f, .5f}));
    QVERIFY(near(result.loss, .1434));
    // Rounding to nearest costs what the worked example says.
    std::vector<float> nearest{.7f, .7f, .7f};
    ThreadPool pool(1);
    round_to_nearest({nearest.data(), 1, 3}, unit_grid(-8, 7, 1.4), pool);
    QCOMPARE(nearest, (std::vector<float>{.5f, .5f, .5f}));
    auto damped = example_hessian;
    for (std::size_t i = 0; i < 3; ++i) damped[4 * i] += .02f;
    const std::vector<float> original{.7f, .7f, .7f};
    QVERIFY(near(2 * output_error(original, nearest, damped, 1, 3), .4424));
    QVERIFY(near(2 * output_error(original, w, damped, 1, 3), .1434));
  }

  void pruning_one_of_three_moves_the_others() {
    std::vector<float> w{.3f, -.8f, .62f};
    const auto result = swept(w, example_hessian, pruning(1.0 / 3));
    QCOMPARE(w[0], 0.0f);
    QVERIFY(near(static_cast<double>(w[1]), -.65197) && near(static_cast<double>(w[2]), .62097));
    QVERIFY(near(result.loss, .13724));
  }

  void blocks_give_what_single_columns_give() {
    const std::size_t rows = 9, n = 300;
    const auto h = random_hessian(n, 700);
    const auto w = random_matrix(rows * n, 2);
    auto ours = w;
    swept(ours, h, pruning(0.6));
    const auto theirs = naive_sweep(w, statistics(h).factor, n, 0.6, 128);
    for (std::size_t i = 0; i < w.size(); ++i)
      QVERIFY2(std::abs(ours[i] - theirs[i]) < 2e-3f, qPrintable(QString::number(i)));
    QCOMPARE(zeros(ours), zeros(theirs));
  }

  void codes_of_eight_and_four_bits_of_the_worked_example() {
    ThreadPool pool(1);
    std::vector<float> eight{.03f, -1.27f, .5f, .635f};
    const auto s8 = round_to_nearest({eight.data(), 1, 4}, unit_grid(-127, 127, 127), pool);
    QVERIFY(near(static_cast<double>(s8[0]), .01));
    const double codes[] = {3, -127, 50, 64};
    for (std::size_t i = 0; i < 4; ++i)
      QVERIFY(near(static_cast<double>(eight[i] / s8[0]), codes[i]));
    std::vector<float> four{.3f, -1.2f, .45f, .9f};
    const auto s4 = round_to_nearest({four.data(), 1, 4}, unit_grid(-8, 7, 7.5), pool);
    QVERIFY(near(static_cast<double>(s4[0]), .16));
    const double values[] = {.32, -1.28, .48, .96};
    for (std::size_t i = 0; i < 4; ++i) QVERIFY(near(static_cast<double>(four[i]), values[i]));
  }

  void clipping_never_raises_its_own_error() {
    ThreadPool pool(1);
    auto w = random_matrix(64, 5);
    w[7] = 6;  // an outlier, worth clipping
    Grid grid = unit_grid(-8, 7, 7.5);
    const auto error = [&](const std::vector<float>& rounded) {
      double sum = 0;
      for (std::size_t i = 0; i < w.size(); ++i)
        sum += std::pow(std::abs(static_cast<double>(w[i] - rounded[i])), 2.4);
      return sum;
    };
    auto plain = w, clipped = w;
    round_to_nearest({plain.data(), 1, 64}, grid, pool);
    grid.clip = true;
    const auto scale = round_to_nearest({clipped.data(), 1, 64}, grid, pool);
    QVERIFY(scale[0] < 6 / 7.5f);
    QVERIFY(error(clipped) < error(plain));
  }

  void its_error_is_at_most_that_of_magnitude_pruning() {
    const std::size_t rows = 24, n = 200;
    const auto h = random_hessian(n, 600);
    for (std::uint32_t seed = 0; seed < 5; ++seed) {
      const auto w = random_matrix(rows * n, seed);
      auto ours = w, naive = w;
      swept(ours, h, pruning(0.5));
      prune_magnitude({naive.data(), rows, n}, {0.5});
      QCOMPARE(zeros(ours), rows * n / 2);
      QCOMPARE(zeros(naive), rows * n / 2);
      QVERIFY(output_error(w, ours, h, rows, n) <= output_error(w, naive, h, rows, n));
    }
  }

  void gptq_in_groups_errs_less_than_rounding() {
    const std::size_t rows = 16, n = 320;
    const auto h = random_hessian(n, 900);
    const auto w = random_matrix(rows * n, 3);
    ThreadPool pool(2);
    const Grid grid = unit_grid(-8, 7, 7.5, 64);
    auto nearest = w, reached = w, by_size = w;
    round_to_nearest({nearest.data(), rows, n}, grid, pool);
    swept(reached, h, rounding(grid));
    const auto result = swept(by_size, h, rounding(grid, true), true);
    const double worst = output_error(w, nearest, h, rows, n);
    QVERIFY(output_error(w, reached, h, rows, n) < worst);
    QVERIFY(output_error(w, by_size, h, rows, n) < worst);
    // Static groups keep their columns' own scales, whatever the order.
    QCOMPARE(result.scales, grid_scales({w.data(), rows, n}, grid, pool));
    for (std::size_t i = 0; i < by_size.size(); ++i) {
      const float code = by_size[i] / result.scales[i / n * 5 + i % n / 64];
      QVERIFY(near(static_cast<double>(code), std::nearbyint(static_cast<double>(code))));
    }
  }

  void pruning_and_rounding_in_one_sweep() {
    const std::size_t rows = 12, n = 256;
    const auto h = random_hessian(n, 600);
    const auto w = random_matrix(rows * n, 8);
    auto joint = w, apart = w;
    SweepOptions both = rounding(unit_grid(-8, 7, 7.5, 128));
    both.sparsity.share = 0.5;
    const auto scales = swept(joint, h, both).scales;
    swept(apart, h, pruning(0.5));
    ThreadPool pool(1);
    round_to_nearest({apart.data(), rows, n}, *both.grid, pool);
    QVERIFY(zeros(joint) >= rows * n / 2);
    QVERIFY(output_error(w, joint, h, rows, n) < output_error(w, apart, h, rows, n));
    for (std::size_t i = 0; i < joint.size(); ++i) {
      const double code = static_cast<double>(joint[i] / scales[i / n * 2 + i % n / 128]);
      QVERIFY(near(code, std::nearbyint(code)) && code > -8.1 && code < 7.1);
    }
  }

  void neighbours_keep_their_number() {
    const std::size_t rows = 7, n = 150;  // the last four have two missing
    const auto h = random_hessian(n, 400);
    const auto w = random_matrix(rows * n, 1);
    for (const auto& [drop, of] : {std::pair<std::size_t, std::size_t>{2, 4}, {4, 8}}) {
      auto ours = w, naive = w;
      SweepOptions options;
      options.sparsity = {0, drop, of};
      swept(ours, h, options);
      prune_magnitude({naive.data(), rows, n}, options.sparsity);
      for (const auto& pruned : {ours, naive})
        for (std::size_t r = 0; r < rows; ++r)
          for (std::size_t i = 0; i < n; i += of) {
            const auto first = pruned.begin() + static_cast<std::ptrdiff_t>(r * n + i);
            const auto width = static_cast<std::ptrdiff_t>(std::min(of, n - i));
            QCOMPARE(std::count(first, first + width, 0.0f),
                     std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(drop), width));
          }
      QVERIFY(output_error(w, ours, h, rows, n) <= output_error(w, naive, h, rows, n));
    }
  }

  void the_share_of_zeros_is_exact_at_both_ends() {
    const std::size_t rows = 10, n = 150;
    const auto h = random_hessian(n, 300);
    for (const double sparsity : {0.0, 0.3, 0.7, 1.0}) {
      const auto w = random_matrix(rows * n, 4);
      auto pruned = w, naive = w;
      swept(pruned, h, pruning(sparsity));
      prune_magnitude({naive.data(), rows, n}, {sparsity});
      const auto expected = static_cast<std::size_t>(std::llround(sparsity * 1500));
      QCOMPARE(zeros(pruned), expected);
      QCOMPARE(zeros(naive), expected);
      if (sparsity == 0) QCOMPARE(pruned, w);
    }
    std::vector<float> w(3);
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument, swept(w, example_hessian, pruning(1.1)));
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument, swept(w, example_hessian, pruning(NAN)));
  }

  void coordinate_descent_ends_at_least_squares_and_keeps_zeros() {
    const std::size_t n = 40, rows = 6;
    const auto h = random_hessian(n, 300);
    const auto w = random_matrix(rows * n, 5);
    auto made = w;
    swept(made, h, pruning(0.5));
    const std::vector<float> swept_only = made;
    ThreadPool pool(2);
    double error = output_error(w, made, h, rows, n);
    for (int round = 0; round < 4; ++round) {
      refine({w.data(), rows, n}, {made.data(), rows, n}, {h.data(), n, n}, {20, 1e-9, {}, {}},
             pool);
      const double now = output_error(w, made, h, rows, n);
      QVERIFY(now <= error * (1 + 1e-6));
      error = now;
    }
    QVERIFY(error < 0.999 * output_error(w, swept_only, h, rows, n));
    for (std::size_t i = 0; i < made.size(); ++i) QCOMPARE(made[i] == 0, swept_only[i] == 0);
    // The gradient of every weight that is left is nought.
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t j = 0; j < n; ++j) {
        double gradient = 0;
        for (std::size_t i = 0; i < n; ++i)
          gradient += static_cast<double>((w[r * n + i] - made[r * n + i]) * h[i * n + j]);
        if (made[r * n + j] != 0)
          QVERIFY(std::abs(gradient) < 2e-3 * static_cast<double>(h[j * n + j]));
      }
  }

  void coordinate_descent_on_a_grid_errs_less_and_stays_on_it() {
    const std::size_t n = 200, rows = 5;
    const auto h = random_hessian(n, 900);
    const auto w = random_matrix(rows * n, 6);
    for (const std::size_t group : {0u, 64u}) {
      auto made = w;
      const Grid grid = unit_grid(-8, 7, 7.5, group);
      const auto scales = swept(made, h, rounding(grid)).scales;
      const double before = output_error(w, made, h, rows, n);
      ThreadPool pool(1);
      refine({w.data(), rows, n}, {made.data(), rows, n}, {h.data(), n, n}, {5, 0.01, grid, scales},
             pool);
      QVERIFY(output_error(w, made, h, rows, n) < before);
      for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t j = 0; j < n; ++j) {
          const float scale = scales[r * grid.groups(n) + (group ? j / group : 0)];
          const float code = made[r * n + j] / scale;
          QVERIFY(std::abs(code - std::nearbyint(code)) < 1e-4f && code > -8.5f && code < 7.5f);
        }
    }
  }

  void singular_second_moments_and_dead_inputs_are_survived() {
    const std::size_t rows = 6, n = 60;
    const auto h = random_hessian(n, 10, true);  // rank 10 of 60
    auto w = random_matrix(rows * n, 4);
    swept(w, h, pruning(0.5));
    for (const float x : w) QVERIFY(std::isfinite(x));
    for (std::size_t r = 0; r < rows; ++r) QCOMPARE(w[r * n + 3], 0.0f);
    swept(w, std::vector<float>(n * n), rounding(unit_grid(-127, 127, 127)));
    QCOMPARE(zeros(w), rows * n);
  }

  void moments_that_are_none_are_refused() {
    std::vector<float> h{1, 0, 0, -5}, w{1, 1};
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, swept(w, h, pruning(0.5)));
    h[3] = NAN;
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, swept(w, h, pruning(0.5)));
  }

  void a_stop_request_is_heard() {
    std::stop_source source;
    source.request_stop();
    QVERIFY_THROWS_EXCEPTION(CompressionStopped, inverse_factor({example_hessian.data(), 3, 3},
                                                                0.01, source.get_token()));
  }

  void smoothing_leaves_the_outputs_as_they_were() {
    const std::size_t n = 40, rows = 16, samples = 30;
    auto x = random_inputs(n, samples, true);
    auto w = random_matrix(rows * n, 6);
    for (std::size_t r = 0; r < rows; ++r) w[r * n + 5] = 0;  // a dead column
    std::vector<float> norm(n, 1.5f), largest(n);
    for (std::size_t i = 0; i < x.size(); ++i)
      largest[i % n] = std::max(largest[i % n], std::abs(x[i]));
    InputMoments moments{n, AlignedBuffer<float>(n * n), AlignedBuffer<float>(n)};
    std::ranges::copy(hessian_of(x, n), moments.hessian.begin());
    std::ranges::copy(largest, moments.largest.begin());
    const auto output = [&] {
      std::vector<double> y;
      for (std::size_t s = 0; s < samples; ++s)
        for (std::size_t r = 0; r < rows; ++r) {
          y.push_back(0);
          for (std::size_t i = 0; i < n; ++i)
            y.back() +=
                static_cast<double>(x[s * n + i] * norm[i]) * static_cast<double>(w[r * n + i]);
        }
      return y;
    };
    const auto before = output();
    const MatrixView<float> views[] = {{w.data(), rows, n}};
    const auto s = smoothing(largest, views, 0.5);
    smooth(s, norm, views, moments);
    const auto after = output();
    for (std::size_t i = 0; i < before.size(); ++i)
      QVERIFY(std::abs(before[i] - after[i]) <= 1e-5 * (1 + std::abs(before[i])));
    // At α = ½ inputs and columns end up equally large.
    float column = 0;
    for (std::size_t r = 0; r < rows; ++r) column = std::max(column, std::abs(w[r * n + 7]));
    QVERIFY(near(static_cast<double>(column / moments.largest[7]), 1));
    QVERIFY(near(static_cast<double>(moments.hessian[7 * n + 8]),
                 static_cast<double>(hessian_of(x, n)[7 * n + 8] / (s[7] * s[8]))));
  }
};

QTEST_APPLESS_MAIN(TestCompressMethods)
#include "test_compress_methods.moc"

#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <random>

#include "../train/tiny_training.h"
#include "engine/compress/compress.h"
#include "engine/compress/magnitude.h"
#include "engine/compress/sparsegpt.h"
#include "engine/model/model_builder.h"

using namespace sancho::engine;
using namespace sancho::engine::testing;

namespace {

const double kHessian[9] = {2, 1, .5, 1, 2, 1, .5, 1, 2};

bool near(double a, double b) {
  return std::abs(a - b) < 1e-4;
}

std::vector<float> random_matrix(std::size_t size, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> w(size);
  for (float& x : w) x = normal(random);
  return w;
}

/// 2/N Σ xxᵀ of correlated inputs; input 3 is always zero where `dead`.
std::vector<double> random_hessian(std::size_t n, std::size_t samples, bool dead) {
  std::mt19937 random(9);
  std::normal_distribution<double> normal;
  std::vector<double> h(n * n), x(n);
  for (std::size_t s = 0; s < samples; ++s) {
    double common = normal(random);
    for (std::size_t i = 0; i < n; ++i)
      x[i] = (common = 0.8 * common + normal(random)) * (1 + static_cast<double>(i % 5));
    if (dead) x[3] = 0;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        h[i * n + j] += 2.0 / static_cast<double>(samples) * x[i] * x[j];
  }
  return h;
}

/// tr(ΔHΔᵀ)/2: mean squared error of the layer's output.
double output_error(const std::vector<float>& before, const std::vector<float>& after,
                    const std::vector<double>& h, std::size_t rows, std::size_t n) {
  double sum = 0;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        sum += static_cast<double>(before[r * n + i] - after[r * n + i]) * h[i * n + j] *
               static_cast<double>(before[r * n + j] - after[r * n + j]) / 2;
  return sum;
}

std::size_t zeros(const std::vector<float>& w) {
  return static_cast<std::size_t>(std::ranges::count(w, 0.0f));
}

std::vector<float> dense(const Linear& linear) {
  std::vector<float> w(linear.out_features() * linear.in_features());
  linear.to_dense({w.data(), linear.out_features(), linear.in_features()});
  return w;
}

}  // namespace

class TestCompress : public QObject {
  Q_OBJECT
 private slots:
  void the_inverse_factor_of_the_oracle() {
    ThreadPool pool(1);
    const auto u = inverse_factor({kHessian, 3, 3}, 0.01, pool);
    const double expected[9] = {.80979, -.39959, -.00263, 0, .80979, -.40089, 0, 0, .70360};
    for (std::size_t i = 0; i < 9; ++i) QVERIFY(near(u[i], expected[i]));
  }

  void rounding_corrects_the_columns_to_come() {
    ThreadPool pool(1);
    std::vector<float> w{.7f, .7f, .7f};
    const std::vector<float> scale{.5f};
    SparseGptOptions o;
    o.sparsity = 0;
    o.scales = scale;
    const double loss = sparsegpt({w.data(), 1, 3}, {kHessian, 3, 3}, o, pool);
    QCOMPARE(w, (std::vector<float>{.5f, 1.0f, .5f}));
    QVERIFY(near(loss, .1434));
  }

  void pruning_one_of_three_moves_the_others() {
    ThreadPool pool(1);
    std::vector<float> w{.3f, -.8f, .62f};
    SparseGptOptions o;
    o.sparsity = 1.0 / 3;
    const double loss = sparsegpt({w.data(), 1, 3}, {kHessian, 3, 3}, o, pool);
    QCOMPARE(w[0], 0.0f);
    QVERIFY(near(w[1], -.65197) && near(w[2], .62097));
    QVERIFY(near(loss, .13724));
  }

  void its_error_is_at_most_that_of_magnitude_pruning() {
    ThreadPool pool(2);
    const std::size_t rows = 24, n = 200;
    const auto h = random_hessian(n, 600, false);
    for (std::uint32_t seed = 0; seed < 5; ++seed) {
      const auto w = random_matrix(rows * n, seed);
      auto ours = w, naive = w;
      sparsegpt({ours.data(), rows, n}, {h.data(), n, n}, {}, pool);
      prune_magnitude({naive.data(), rows, n}, 0.5);
      QCOMPARE(zeros(ours), rows * n / 2);
      QCOMPARE(zeros(naive), rows * n / 2);
      QVERIFY(output_error(w, ours, h, rows, n) <= output_error(w, naive, h, rows, n));
    }
  }

  void the_share_of_zeros_is_exact_at_both_ends() {
    ThreadPool pool(2);
    const std::size_t rows = 10, n = 150;
    const auto h = random_hessian(n, 300, false);
    for (const double sparsity : {0.0, 0.3, 0.7, 1.0}) {
      const auto w = random_matrix(rows * n, 4);
      auto pruned = w, naive = w;
      SparseGptOptions o;
      o.sparsity = sparsity;
      sparsegpt({pruned.data(), rows, n}, {h.data(), n, n}, o, pool);
      prune_magnitude({naive.data(), rows, n}, sparsity);
      const auto expected = static_cast<std::size_t>(std::llround(sparsity * 1500));
      QCOMPARE(zeros(pruned), expected);
      QCOMPARE(zeros(naive), expected);
      if (sparsity == 0) QCOMPARE(pruned, w);
    }
  }

  void singular_second_moments_and_dead_inputs_are_survived() {
    ThreadPool pool(2);
    const std::size_t rows = 6, n = 60;
    const auto h = random_hessian(n, 10, true);  // rank 10 of 60
    auto w = random_matrix(rows * n, 4);
    sparsegpt({w.data(), rows, n}, {h.data(), n, n}, {}, pool);
    for (const float x : w) QVERIFY(std::isfinite(x));
    for (std::size_t r = 0; r < rows; ++r) QCOMPARE(w[r * n + 3], 0.0f);
    const std::vector<double> nothing(n * n);
    sparsegpt({w.data(), rows, n}, {nothing.data(), n, n}, {}, pool);
    QCOMPARE(zeros(w), rows * n);
  }

  void threads_do_not_change_the_result() {
    const std::size_t rows = 17, n = 140;
    const auto h = random_hessian(n, 300, false);
    const auto w = random_matrix(rows * n, 4);
    auto one = w, three = w;
    ThreadPool single(1), triple(3);
    sparsegpt({one.data(), rows, n}, {h.data(), n, n}, {}, single);
    sparsegpt({three.data(), rows, n}, {h.data(), n, n}, {}, triple);
    QCOMPARE(one, three);
  }

  void a_compressed_model_has_its_share_of_zeros_and_reloads_identically() {
    const auto model = Model::random(tiny_config(), {}, 3);
    const auto samples = counting_samples(60, 1);
    QTemporaryDir dir;
    for (const auto method : {PruneMethod::magnitude, PruneMethod::sparsegpt})
      for (const Format format : {Format{Storage::sparse_int8, 0.5}, Format{Storage::int8, 0.0},
                                  Format{Storage::f32, 0.7}, Format{Storage::bf16, 0.0}}) {
        CompressOptions o;
        o.format = format;
        o.method = method;
        o.threads = 2;
        std::size_t last = 0;
        const auto small =
            compress(*model, samples, o, [&](const CompressProgress& p) { last = p.layer; }, {});
        QCOMPARE(last, std::size_t{14});
        QVERIFY(small->sparsity() >= format.sparsity - 0.01);
        const auto path = std::filesystem::path(dir.path().toStdString()) / "m.safetensors";
        small->save(path);
        const auto again = Model::load(path);
        for (const auto& name : linear_names(model->config())) {
          const auto a = linear_by_name(*small, name), b = linear_by_name(*again, name);
          QCOMPARE(a->storage(), b->storage());
          QCOMPARE(dense(*a), dense(*b));
        }
      }
  }

  void calibrated_compression_costs_less_loss_than_magnitude() {
    const auto start = Model::random(tiny_config(), {}, 3);
    auto options = quick_options();
    options.max_steps = 150;
    const auto samples = counting_samples(60, 1);
    Trainer trainer(*start, options);
    trainer.run(samples, {}, {}, false, {}, {});
    QTemporaryDir dir;
    const auto path = std::filesystem::path(dir.path().toStdString()) / "m.safetensors";
    trainer.save(path, Storage::f32, {});
    const auto model = Model::load(path);
    double losses[2];
    for (const auto method : {PruneMethod::magnitude, PruneMethod::sparsegpt}) {
      CompressOptions o;
      o.method = method;
      losses[method == PruneMethod::sparsegpt] =
          evaluate_loss(compress(*model, samples, o, {}, {}), samples, 1).mean();
    }
    QVERIFY2(losses[1] < losses[0],
             qPrintable(QString("%1 against %2").arg(losses[1]).arg(losses[0])));
  }

  void a_stop_request_ends_compression() {
    const auto model = Model::random(tiny_config(), {}, 3);
    std::stop_source source;
    source.request_stop();
    QVERIFY_THROWS_EXCEPTION(std::runtime_error,
                             compress(*model, counting_samples(5, 1), {}, {}, source.get_token()));
  }
};

QTEST_APPLESS_MAIN(TestCompress)
#include "test_compress.moc"

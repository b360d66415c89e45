#include <QtTest>
#include <cmath>
#include <random>

#include "engine/train/network.h"
#include "engine/train/square_head.h"
#include "tiny_training.h"

using namespace sancho::engine;
using namespace sancho::engine::testing;

namespace {

/// A student and a teacher of one shape in double precision, and two packed samples.
struct Pair {
  ModelConfig config = tiny_config();
  ParameterLayout layout{config};
  Network<double> student{config, layout, nullptr, 120, 100, GemmPrecision::f32};
  Network<double> teacher{config, layout, nullptr, 120, 100, GemmPrecision::f32, true};
  std::vector<double> weights = draw(7), teacher_weights = draw(8),
                      gradient = std::vector<double>(layout.size);
  PackedBatch batch;

  Pair() {
    std::mt19937 random(3);
    for (const auto& [length, loss_from] : {std::pair(9u, 1u), std::pair(30u, 20u)}) {
      std::vector<TokenId> tokens;
      for (unsigned i = 0; i < length; ++i) tokens.push_back(static_cast<TokenId>(random() % 31));
      batch.add(tokens, loss_from);
    }
  }

  std::vector<double> draw(std::uint32_t seed) const {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal(0, 0.3);
    std::vector<double> all(layout.size);
    for (double& w : all) w = normal(random);
    return all;
  }

  static NetworkWeights<double> view(const std::vector<double>& w) {
    NetworkWeights<double> weights;
    weights.base = w.data();
    return weights;
  }

  /// Loss and gradient with these weights of SquareHead and KL.
  double run(double features, double divergence) {
    NetworkGradients<double> gradients;
    gradients.base = gradient.data();
    std::ranges::fill(gradient, 0);
    return *student.loss_and_gradient(
        view(weights), gradients, batch, 1.0, {},
        Distillation<double>{&teacher, view(teacher_weights), features, divergence});
  }
};

}  // namespace

class TestTrainDistillation : public QObject {
  Q_OBJECT
 private slots:
  void square_head_of_the_worked_example() {
    const double teacher[2][2] = {{1, 2}, {0, -1}}, student[2][2] = {{1.1, 1.8}, {.2, -1}};
    const double expected[] = {.01, .04};
    double sum = 0;
    for (int l = 0; l < 2; ++l) {
      const double term =
          square_head(student[l], teacher[l], 2, 0.0, 1.0, static_cast<double*>(nullptr));
      QVERIFY(std::abs(term - expected[l]) < 1e-4);
      sum += square_head(student[l], teacher[l], 2, kSquareHeadEpsilon, 1.0,
                         static_cast<double*>(nullptr));
    }
    QVERIFY(std::abs(sum - .04935) < 1e-4);
    const double zero[2] = {0, 0};
    QCOMPARE(square_head(zero, zero, 2, 0.0, 1.0, static_cast<double*>(nullptr)), 0.0);
  }

  void gradients_are_those_of_the_loss_data() {
    QTest::addColumn<double>("features");
    QTest::addColumn<double>("divergence");
    QTest::newRow("text alone") << 0.0 << 0.0;
    QTest::newRow("SquareHead") << 0.7 << 0.0;
    QTest::newRow("KL") << 0.0 << 1.3;
    QTest::newRow("both") << 1.0 << 0.5;
  }
  void gradients_are_those_of_the_loss() {
    QFETCH(double, features);
    QFETCH(double, divergence);
    Pair pair;
    pair.run(features, divergence);
    const auto analytic = pair.gradient;
    constexpr double step = 1e-5;
    for (std::size_t i = 0; i < pair.weights.size(); i += 37) {
      const double before = pair.weights[i];
      pair.weights[i] = before + step;
      const double up = pair.run(features, divergence);
      pair.weights[i] = before - step;
      const double down = pair.run(features, divergence);
      pair.weights[i] = before;
      const double numeric = (up - down) / (2 * step);
      QVERIFY2(std::abs(analytic[i] - numeric) <= 1e-5 * std::max(1.0, std::abs(numeric)),
               qPrintable(QString("%1: %2 against %3").arg(i).arg(analytic[i]).arg(numeric)));
    }
  }

  void a_student_that_is_its_teacher_has_nothing_to_learn_from_it() {
    Pair pair;
    pair.teacher_weights = pair.weights;
    const double text = pair.run(0, 0);
    const auto gradient = pair.gradient;
    QVERIFY(std::abs(pair.run(1, 1) - text) < 1e-9 * text);
    for (std::size_t i = 0; i < gradient.size(); ++i)
      QVERIFY(std::abs(pair.gradient[i] - gradient[i]) < 1e-9 * (1 + std::abs(gradient[i])));
  }

  void a_pruned_model_comes_nearer_to_its_teacher() {
    const auto teacher = Model::random(tiny_config(), {}, 3);
    const auto student = Model::random(tiny_config(), {Storage::sparse_int8, 0.5}, 3);
    auto options = quick_options();
    options.method = TrainMethod::sparse;
    options.threads = 1;
    options.max_steps = 30;
    options.teacher = teacher;
    options.divergence_weight = 1;
    Trainer trainer(*student, options);
    const auto report = trainer.run(counting_samples(60, 1), {}, {}, false, {}, {});
    QVERIFY(report.loss_last < report.loss_first);

    options.teacher = Model::random(tiny_config(false), {}, 3);
    Trainer misled(*student, options);
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument,
                             misled.run(counting_samples(5, 1), {}, {}, false, {}, {}));
  }
};

QTEST_APPLESS_MAIN(TestTrainDistillation)
#include "test_train_distillation.moc"

#include <QtTest>
#include <cmath>
#include <random>

#include "engine/train/network.h"
#include "tiny_training.h"

using namespace sancho::engine;

namespace {

/// A network in double precision with random weights and two packed samples.
struct Fixture {
  ModelConfig config;
  ParameterLayout layout;
  AdapterLayout adapters;
  Network<double> network;
  std::vector<double> weights, gradient, adapter, adapter_gradient;
  PackedBatch batch;
  bool with_adapter;

  Fixture(bool tied, bool adapter_on)
      : config(testing::tiny_config(tied)),
        layout(config),
        adapters(layout, 3),
        network(config, layout, adapter_on ? &adapters : nullptr, 120, 100, GemmPrecision::f32),
        weights(layout.size),
        gradient(layout.size),
        adapter(adapters.size),
        adapter_gradient(adapters.size),
        with_adapter(adapter_on) {
    std::mt19937 random(7);
    std::normal_distribution<double> normal(0, 0.3);
    for (double& w : weights) w = normal(random);
    for (double& w : adapter) w = normal(random);
    for (const auto& [length, loss_from] : {std::pair(9u, 1u), std::pair(75u, 50u)}) {
      std::vector<TokenId> tokens;
      for (unsigned i = 0; i < length; ++i) tokens.push_back(static_cast<TokenId>(random() % 31));
      batch.add(tokens, loss_from);
    }
  }

  NetworkWeights<double> view() const {
    return {weights.data(), with_adapter ? adapter.data() : nullptr, 0.5};
  }
  double loss() { return *network.loss(view(), batch); }
  void backward() {
    network.loss_and_gradient(
        view(), {gradient.data(), with_adapter ? adapter_gradient.data() : nullptr}, batch, 1.0);
  }

  /// Largest |analytic − numeric| / max(1, |numeric|) over every eleventh weight of [offset,
  /// +size).
  double worst(std::vector<double>& w, const std::vector<double>& g, std::size_t offset,
               std::size_t size) {
    constexpr double step = 1e-5;
    double worst = 0;
    for (std::size_t i = offset; i < offset + size; i += 11) {
      const double before = w[i];
      w[i] = before + step;
      const double up = loss();
      w[i] = before - step;
      const double down = loss();
      w[i] = before;
      const double numeric = (up - down) / (2 * step);
      worst = std::max(worst, std::abs(g[i] - numeric) / std::max(1.0, std::abs(numeric)));
    }
    return worst;
  }
};

}  // namespace

class TestTrainGradients : public QObject {
  Q_OBJECT
 private slots:
  void every_weight_agrees_with_central_differences_data() {
    QTest::addColumn<bool>("tied");
    QTest::addColumn<bool>("adapter");
    QTest::newRow("tied") << true << false;
    QTest::newRow("untied") << false << false;
    QTest::newRow("tied with adapters") << true << true;
    QTest::newRow("untied with adapters") << false << true;
  }
  void every_weight_agrees_with_central_differences() {
    QFETCH(bool, tied);
    QFETCH(bool, adapter);
    Fixture f(tied, adapter);
    f.backward();
    for (const ParameterSlot& slot : f.layout.parts) {
      const double worst = f.worst(f.weights, f.gradient, slot.offset, slot.size());
      QVERIFY2(worst < 1e-5, qPrintable(QString("%1: %2").arg(slot.name.c_str()).arg(worst)));
    }
    if (!adapter) return;
    for (const AdapterSlot& slot : f.adapters.parts) {
      const double worst = f.worst(f.adapter, f.adapter_gradient, slot.a, 3 * (slot.in + slot.out));
      QVERIFY2(worst < 1e-5, qPrintable(QString("%1: %2").arg(slot.name.c_str()).arg(worst)));
    }
  }

  void gradients_add_up_over_batches() {
    Fixture f(true, false);
    f.backward();
    const auto once = f.gradient;
    f.backward();
    for (std::size_t i = 0; i < once.size(); ++i)
      QVERIFY(std::abs(f.gradient[i] - 2 * once[i]) <= 1e-9 * std::max(1.0, std::abs(once[i])));
  }

  void packed_samples_do_not_see_each_other() {
    Fixture f(true, false);
    const double together = f.loss();
    double apart = 0;
    std::mt19937 random(7);
    std::normal_distribution<double> normal(0, 0.3);
    for (std::size_t s = 0; s + 1 < f.batch.starts.size(); ++s) {
      PackedBatch one;
      const auto begin = f.batch.starts[s], end = f.batch.starts[s + 1];
      one.inputs.assign(f.batch.inputs.begin() + static_cast<std::ptrdiff_t>(begin),
                        f.batch.inputs.begin() + static_cast<std::ptrdiff_t>(end));
      one.starts = {0, end - begin};
      for (std::size_t i = 0; i < f.batch.targets.size(); ++i)
        if (f.batch.target_rows[i] >= begin && f.batch.target_rows[i] < end) {
          one.target_rows.push_back(f.batch.target_rows[i] - begin);
          one.targets.push_back(f.batch.targets[i]);
        }
      apart += *f.network.loss(f.view(), one);
    }
    QVERIFY(std::abs(together - apart) < 1e-9);
  }

  void float_and_bf16_gradients_are_close_to_double() {
    Fixture f(false, false);
    f.backward();
    std::vector<float> weights(f.weights.begin(), f.weights.end());
    for (const auto precision : {GemmPrecision::f32, GemmPrecision::bf16}) {
      if (precision == GemmPrecision::bf16 && !has_fast_bf16()) continue;
      Network<float> network(f.config, f.layout, nullptr, 120, 100, precision);
      std::vector<float> gradient(f.layout.size);
      network.loss_and_gradient({weights.data()}, {gradient.data()}, f.batch, 1.0f);
      double dot = 0, a = 0, b = 0;
      for (std::size_t i = 0; i < gradient.size(); ++i) {
        const double g = static_cast<double>(gradient[i]);
        dot += g * f.gradient[i];
        a += g * g;
        b += f.gradient[i] * f.gradient[i];
      }
      const double cosine = dot / std::sqrt(a * b);
      const double limit = precision == GemmPrecision::f32 ? 1e-6 : 1e-2;
      QVERIFY2(1 - cosine < limit, qPrintable(QString::number(1 - cosine)));
    }
  }

  void a_stop_request_ends_a_pass() {
    Fixture f(true, false);
    std::stop_source source;
    source.request_stop();
    QVERIFY(!f.network.loss(f.view(), f.batch, source.get_token()));
  }

  void too_long_or_unknown_tokens_are_refused() {
    Fixture f(true, false);
    PackedBatch strange;
    strange.add(std::vector<TokenId>{1, 99, 2}, 1);
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument, f.network.loss(f.view(), strange));
    PackedBatch longer;
    longer.add(std::vector<TokenId>(110, 1), 1);
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument, f.network.loss(f.view(), longer));
  }
};

QTEST_APPLESS_MAIN(TestTrainGradients)
#include "test_train_gradients.moc"

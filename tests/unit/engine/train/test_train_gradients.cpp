#include <QtTest>
#include <cmath>
#include <random>

#include "engine/model/model_builder.h"
#include "engine/train/network.h"
#include "engine/train/products.h"
#include "tiny_training.h"

using namespace sancho::engine;

namespace {

/// What a fixture's network has besides dense weights.
struct Parts {
  bool tied = true, low_rank = false, deltas = false, recompute = false;
};

/// Every seventh weight of each layer, and none in its last rows.
std::vector<CsrPattern> some_places(const ParameterLayout& layout) {
  std::vector<CsrPattern> patterns;
  for (const AdapterSlot& slot : AdapterLayout(layout, 1).parts) {
    CsrPattern pattern;
    pattern.in = slot.in;
    for (std::size_t r = 0; r < slot.out; ++r) {
      for (std::size_t c = 0; c < slot.in; ++c)
        if (r + 3 < slot.out && (r * slot.in + c) % 7 == 0)
          pattern.columns.push_back(static_cast<std::uint32_t>(c));
      pattern.begins.push_back(pattern.columns.size());
    }
    patterns.push_back(pattern);
  }
  return patterns;
}

/// A network in double precision with random weights and two packed samples.
struct Fixture {
  ModelConfig config;
  ParameterLayout layout;
  AdapterLayout adapters;
  Network<double> network;
  std::vector<double> weights, gradient, adapter, adapter_gradient;
  PackedBatch batch;
  bool adapted;

  explicit Fixture(const Parts& parts)
      : config(testing::tiny_config(parts.tied)),
        layout(config),
        adapters(layout, parts.low_rank ? 3 : 0,
                 parts.deltas ? some_places(layout) : std::vector<CsrPattern>{}),
        network(config, layout, &adapters, 120, 100, GemmPrecision::f32, parts.recompute),
        weights(layout.size),
        gradient(layout.size),
        adapter(adapters.size),
        adapter_gradient(adapters.size),
        adapted(parts.low_rank || parts.deltas) {
    std::mt19937 random(7);
    std::normal_distribution<double> normal(0, 0.3);
    for (double& w : weights) w = static_cast<float>(normal(random));
    for (double& w : adapter) w = normal(random);
    for (const auto& [length, loss_from] : {std::pair(9u, 1u), std::pair(75u, 50u)}) {
      std::vector<TokenId> tokens;
      for (unsigned i = 0; i < length; ++i) tokens.push_back(static_cast<TokenId>(random() % 31));
      batch.add(tokens, loss_from);
    }
  }

  NetworkWeights<double> view() const {
    return {weights.data(), nullptr, adapted ? adapter.data() : nullptr, 0.5};
  }
  double loss() { return *network.loss(view(), batch); }
  void backward() {
    network.loss_and_gradient(
        view(), {gradient.data(), adapted ? adapter_gradient.data() : nullptr}, batch, 1.0);
  }
  /// The weights as a model, its layers in `storage`.
  std::shared_ptr<const Model> model(Storage storage) const {
    ModelBuilder builder(config);
    for (const ParameterSlot& slot : layout.parts) {
      std::vector<float> w(slot.size());
      for (std::size_t i = 0; i < w.size(); ++i)
        w[i] = static_cast<float>(weights[slot.offset + i]);
      if (slot.norm)
        builder.norm(slot.name, w);
      else
        builder.linear(slot.name, make_linear(storage, {w.data(), slot.rows, slot.cols}));
    }
    return builder.build();
  }
  /// The base weights become those of `model`, as its storage rounded them.
  void take(const Model& model) {
    for (const ParameterSlot& slot : layout.parts) {
      if (slot.norm) continue;
      std::vector<float> w(slot.size());
      linear_by_name(model, slot.name)->to_dense({w.data(), slot.rows, slot.cols});
      std::ranges::copy(w, weights.begin() + static_cast<std::ptrdiff_t>(slot.offset));
    }
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
    QTest::addColumn<bool>("low_rank");
    QTest::addColumn<bool>("deltas");
    QTest::addColumn<bool>("recompute");
    QTest::newRow("tied") << true << false << false << false;
    QTest::newRow("untied") << false << false << false << false;
    QTest::newRow("tied, low-rank") << true << true << false << false;
    QTest::newRow("untied, low-rank") << false << true << false << false;
    QTest::newRow("untied, sparse") << false << false << true << false;
    QTest::newRow("tied, low-rank and sparse, made again") << true << true << true << true;
    QTest::newRow("tied, made again") << true << false << false << true;
  }
  void every_weight_agrees_with_central_differences() {
    QFETCH(bool, tied);
    QFETCH(bool, low_rank);
    QFETCH(bool, deltas);
    QFETCH(bool, recompute);
    Fixture f({tied, low_rank, deltas, recompute});
    f.backward();
    for (const ParameterSlot& slot : f.layout.parts) {
      const double worst = f.worst(f.weights, f.gradient, slot.offset, slot.size());
      QVERIFY2(worst < 1e-5, qPrintable(QString("%1: %2").arg(slot.name.c_str()).arg(worst)));
    }
    const double worst = f.worst(f.adapter, f.adapter_gradient, 0, f.adapter.size());
    QVERIFY2(worst < 1e-5, qPrintable(QString("adapters: %1").arg(worst)));
  }

  void making_activations_again_changes_no_bit() {
    Fixture kept({.low_rank = true, .deltas = true}),
        again({.low_rank = true, .deltas = true, .recompute = true});
    kept.backward();
    again.backward();
    QCOMPARE(again.gradient, kept.gradient);
    QCOMPARE(again.adapter_gradient, kept.adapter_gradient);
  }

  void a_frozen_base_in_any_storage_gives_the_gradients_of_its_numbers_data() {
    QTest::addColumn<int>("storage");
    for (const Storage storage : {Storage::f32, Storage::bf16, Storage::int8, Storage::sparse_int8})
      QTest::newRow(storage_name(storage).data()) << static_cast<int>(storage);
  }
  void a_frozen_base_in_any_storage_gives_the_gradients_of_its_numbers() {
    QFETCH(int, storage);
    for (const bool tied : {true, false}) {
      Fixture f({.tied = tied, .low_rank = true, .deltas = true, .recompute = true});
      const auto model = f.model(static_cast<Storage>(storage));
      f.take(*model);
      f.backward();
      const auto dense = f.adapter_gradient;
      const double dense_loss = f.loss();

      const FrozenBase<double> frozen(*model, f.layout);
      NetworkWeights<double> weights = f.view();
      weights.base = nullptr;
      weights.frozen = &frozen;
      std::ranges::fill(f.adapter_gradient, 0.0);
      std::size_t layers = 0;
      double worst = 0;
      NetworkGradients<double> gradients;
      gradients.adapter = f.adapter_gradient.data();
      gradients.each = [&](std::size_t part, const double* g) {
        const ParameterSlot& slot = f.layout.parts[f.adapters.parts[part].part];
        for (std::size_t i = 0; i < slot.size(); ++i)
          worst = std::max(worst, std::abs(g[i] - f.gradient[slot.offset + i]));
        ++layers;
      };
      const auto loss = f.network.loss_and_gradient(weights, gradients, f.batch, 1.0);
      QVERIFY(std::abs(*loss - dense_loss) < 1e-9);
      QVERIFY(std::abs(*f.network.loss(weights, f.batch) - dense_loss) < 1e-9);
      for (std::size_t i = 0; i < dense.size(); ++i)
        QVERIFY(std::abs(f.adapter_gradient[i] - dense[i]) < 1e-9);
      QCOMPARE(layers, f.adapters.parts.size());
      QVERIFY2(worst < 1e-9, qPrintable(QString::number(worst)));
    }
  }

  void a_frozen_matrix_of_many_tiles_multiplies_like_a_dense_one() {
    const std::size_t in = 24, out = 100'003, rows = 3;  // more than one tile holds
    const auto layers = [&](std::size_t height) {
      std::vector<float> w(height * in);
      std::mt19937 random(static_cast<unsigned>(height));
      for (float& v : w) v = static_cast<float>(random() % 200) - 100;
      return make_linear(Storage::bf16, {w.data(), height, in});
    };
    const auto upper = layers(out), lower = layers(40);
    const Linear* both[] = {upper.get(), lower.get()};
    std::vector<float> numbers((out + 40) * in);
    upper->to_dense({numbers.data(), out, in});
    lower->to_dense({numbers.data() + out * in, 40, in});
    const std::vector<double> dense(numbers.begin(), numbers.end());

    const WeightMatrix<double> frozen{in, out + 40, nullptr, both},
        whole{in, out + 40, dense.data(), {}};
    std::mt19937 random(1);
    std::vector<double> x(rows * in), dy(rows * (out + 40));
    for (double& v : x) v = static_cast<double>(random() % 7) - 3;
    for (double& v : dy) v = static_cast<double>(random() % 7) - 3;
    Products<double> products(GemmPrecision::f32);
    for (const bool accumulate : {false, true}) {
      std::vector<double> a(dy.size(), 1), b(dy.size(), 1);
      products.forward(rows, frozen, x.data(), a.data(), accumulate);
      products.forward(rows, whole, x.data(), b.data(), accumulate);
      QCOMPARE(a, b);
    }
    std::vector<double> a(x.size(), 1), b(x.size(), 1);
    products.backward(rows, frozen, x.data(), dy.data(), a.data(), nullptr);
    products.backward(rows, whole, x.data(), dy.data(), b.data(), nullptr);
    QCOMPARE(a, b);
  }

  void gradients_add_up_over_batches() {
    Fixture f({});
    f.backward();
    const auto once = f.gradient;
    f.backward();
    for (std::size_t i = 0; i < once.size(); ++i)
      QVERIFY(std::abs(f.gradient[i] - 2 * once[i]) <= 1e-9 * std::max(1.0, std::abs(once[i])));
  }

  void packed_samples_do_not_see_each_other() {
    Fixture f({});
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
    Fixture f({.tied = false});
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
    Fixture f({});
    std::stop_source source;
    source.request_stop();
    QVERIFY(!f.network.loss(f.view(), f.batch, source.get_token()));
  }

  void too_long_or_unknown_tokens_are_refused() {
    Fixture f({});
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

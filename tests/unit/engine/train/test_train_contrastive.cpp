#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <random>

#include "engine/model/session.h"
#include "engine/train/contrastive.h"
#include "engine/train/network.h"
#include "engine/train/plan.h"
#include "tiny_training.h"

using namespace sancho::engine;
using namespace sancho::engine::testing;

namespace {

std::vector<double> random_rows(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, 0.3);
  std::vector<double> rows(size);
  for (double& x : rows) x = static_cast<float>(normal(random));
  return rows;
}

/// Two sequences that count in the same steps from different starts belong together.
std::vector<TrainSample> counting_pairs(std::size_t count, std::uint32_t seed) {
  constexpr TokenId bos = 0, eos = 1;
  std::mt19937 random(seed);
  std::vector<TrainSample> pairs;
  for (std::size_t i = 0; i < count; ++i) {
    TrainSample pair;
    const auto step = 1 + random() % 9;
    for (int side = 0; side < 2; ++side) {
      const auto length = 6 + random() % 6, first = random() % 29;
      pair.loss_from = static_cast<std::uint32_t>(pair.tokens.size());
      pair.tokens.push_back(bos);
      for (std::uint32_t t = 0; t < length; ++t)
        pair.tokens.push_back(static_cast<TokenId>(2 + (first + t * step) % 29));
      pair.tokens.push_back(eos);
    }
    pairs.push_back(pair);
  }
  return pairs;
}

TrainOptions pair_options() {
  TrainOptions o = quick_options();
  o.contrastive_temperature = 0.1;
  o.neighbours = 3;
  o.max_sample_tokens = 64;
  return o;
}

}  // namespace

class TestTrainContrastive : public QObject {
  Q_OBJECT
 private slots:
  /// −log of the share of e^(cosine/τ) that a pair has among all others, from its definition.
  void the_loss_is_that_of_its_definition() {
    constexpr std::size_t pairs = 5, width = 7;
    constexpr double temperature = 0.2;
    const auto a = random_rows(pairs * width, 1), b = random_rows(pairs * width, 2);
    const auto score = [&](std::size_t i, std::size_t j) {
      double ab = 0, aa = 0, bb = 0;
      for (std::size_t k = 0; k < width; ++k) {
        ab += a[i * width + k] * b[j * width + k];
        aa += a[i * width + k] * a[i * width + k];
        bb += b[j * width + k] * b[j * width + k];
      }
      return std::exp(ab / std::sqrt(aa * bb) / temperature);
    };
    double expected = 0;
    for (std::size_t i = 0; i < pairs; ++i) {
      double row = 0, column = 0;
      for (std::size_t j = 0; j < pairs; ++j) row += score(i, j), column += score(j, i);
      expected -= (std::log(score(i, i) / row) + std::log(score(i, i) / column)) / 2;
    }
    const double loss =
        info_nce<double>(pairs, width, a.data(), b.data(), temperature, 1.0, nullptr, nullptr);
    QVERIFY2(std::abs(loss - expected) < 1e-12, qPrintable(QString::number(loss - expected)));
  }

  void every_weight_of_the_encoder_agrees_with_central_differences() {
    const ModelConfig config = tiny_config();
    const ParameterLayout layout(config);
    Network<double> network(config, layout, nullptr, 200, 60, GemmPrecision::f32);
    auto weights = random_rows(layout.size, 7);
    std::vector<double> gradient(layout.size);
    PackedBatch batch;
    constexpr std::size_t pairs = 4;
    for (const TrainSample& pair : counting_pairs(pairs, 3)) {
      batch.add(std::span(pair.tokens).first(pair.loss_from), 2);
      batch.add(std::span(pair.tokens).subspan(pair.loss_from), 2);
    }
    const NetworkWeights<double> view{weights.data()};
    const std::size_t width = config.hidden_size, half = pairs * width;
    std::vector<double> vectors(2 * half), left(half), right(half), dleft(half), dright(half);
    constexpr double scale = 0.5;
    const auto loss = [&](bool backward) {
      network.embed(view, batch, vectors.data());
      for (std::size_t i = 0; i < 2 * pairs; ++i)
        std::copy_n(vectors.data() + i * width, width,
                    (i % 2 ? right : left).data() + i / 2 * width);
      return scale * info_nce<double>(pairs, width, left.data(), right.data(), 0.3, scale,
                                      backward ? dleft.data() : nullptr,
                                      backward ? dright.data() : nullptr);
    };
    loss(true);
    for (std::size_t i = 0; i < 2 * pairs; ++i)
      std::copy_n((i % 2 ? dright : dleft).data() + i / 2 * width, width,
                  vectors.data() + i * width);
    network.embed_backward(view, {gradient.data()}, batch, vectors.data());

    constexpr double step = 1e-5;
    for (const ParameterSlot& slot : layout.parts)
      for (std::size_t i = slot.offset; i < slot.offset + slot.size(); i += 7) {
        const double before = weights[i];
        weights[i] = before + step;
        const double up = loss(false);
        weights[i] = before - step;
        const double down = loss(false);
        weights[i] = before;
        const double numeric = (up - down) / (2 * step);
        QVERIFY2(
            std::abs(gradient[i] - numeric) < 1e-6 * std::max(1.0, std::abs(numeric)),
            qPrintable(
                QString("%1: %2 and %3").arg(slot.name.c_str()).arg(gradient[i]).arg(numeric)));
      }
  }

  void a_vector_is_the_mean_that_inference_makes() {
    const auto model = Model::random(tiny_config(), {}, 3);
    const ParameterLayout layout(model->config());
    Network<float> network(model->config(), layout, nullptr, 64, 60, GemmPrecision::f32);
    const FrozenBase<float> frozen(*model, layout);
    NetworkWeights<float> weights;
    weights.frozen = &frozen;
    const std::vector<TokenId> text{0, 5, 9, 30, 2, 7, 1};
    PackedBatch batch;
    batch.add(text, 2);
    std::vector<float> trained(model->config().hidden_size);
    QVERIFY(network.embed(weights, batch, trained.data()));

    Session session(model, std::make_shared<ThreadPool>(1), 64, KvFormat::f32);
    const auto inferred = session.mean_state(std::span(text).first(text.size() - 1), 1);
    QCOMPARE(inferred.size(), trained.size());
    for (std::size_t k = 0; k < trained.size(); ++k)
      QVERIFY(std::abs(inferred[k] - trained[k]) < 1e-4f);
  }

  void pairs_learn_to_find_each_other() {
    const auto model = Model::random(tiny_config(), {}, 3);
    TrainOptions options = pair_options();
    options.max_steps = 120;
    Trainer trainer(*model, options);
    const auto heldout = counting_pairs(16, 2);
    const auto report = trainer.run(counting_pairs(90, 1), heldout, {}, false, {}, {});
    QVERIFY(report.finished);
    QVERIFY2(
        report.heldout_loss_after < 0.75 * report.heldout_loss_before,
        qPrintable(
            QString("%1 -> %2").arg(report.heldout_loss_before).arg(report.heldout_loss_after)));
  }

  void neighbours_stay_together_and_every_sample_comes_once_an_epoch() {
    TrainOptions options = pair_options();
    options.max_steps = 0;
    options.epochs = 1;
    options.batch_tokens = 10;
    BatchPlan plan(std::vector<std::size_t>(14, 1), options);
    std::vector<std::uint32_t> order;
    for (std::size_t s = 0; s < plan.total_steps(); ++s)
      for (const auto i : plan.batch(s)) order.push_back(i);
    QCOMPARE(order.size(), std::size_t{14});
    std::size_t broken = 0;
    for (std::size_t i = 0; i < order.size(); ++i)
      if (order[i] % 3) broken += i == 0 || order[i - 1] + 1 != order[i];
    QCOMPARE(broken, std::size_t{0});
    QVERIFY(!std::ranges::is_sorted(order));
    std::ranges::sort(order);
    for (std::uint32_t i = 0; i < order.size(); ++i) QCOMPARE(order[i], i);
  }

  void a_stopped_and_resumed_run_ends_bit_for_bit_the_same() {
    const auto model = Model::random(tiny_config(), {Storage::sparse_int8, 0.5}, 3);
    TrainOptions options = pair_options();
    options.method = TrainMethod::sparse;
    options.max_steps = 12;
    const auto train = counting_pairs(60, 1);
    QTemporaryDir dir;
    const std::filesystem::path folder = dir.path().toStdString();
    Trainer whole(*model, options), stopped(*model, options), resumed(*model, options);
    whole.run(train, {}, {}, false, {}, {});
    std::stop_source stop;
    const auto first = stopped.run(
        train, {}, folder, true,
        [&](const TrainProgress& p) {
          if (p.step == 5) stop.request_stop();
        },
        stop.get_token());
    QVERIFY(!first.finished);
    QVERIFY(resumed.run(train, {}, folder, true, {}, {}).finished);
    whole.save(folder / "whole", Storage::f32, {});
    resumed.save(folder / "resumed", Storage::f32, {});
    const auto bytes = [&](const char* name) {
      QFile file(QString::fromStdString((folder / name).string()));
      return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    QVERIFY(!bytes("whole").isEmpty());
    QCOMPARE(bytes("resumed"), bytes("whole"));
  }
};

QTEST_APPLESS_MAIN(TestTrainContrastive)
#include "test_train_contrastive.moc"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <cmath>

#include "engine/model/adapter_file.h"
#include "engine/model/model_builder.h"
#include "engine/model/session.h"
#include "engine/train/rosa_places.h"
#include "engine/train/trainable.h"
#include "engine/train/workers.h"
#include "tiny_training.h"

using namespace sancho::engine;
using namespace sancho::engine::testing;
namespace fs = std::filesystem;

namespace {

TrainOptions rosa_options() {
  auto options = quick_options();
  options.method = TrainMethod::rosa;
  options.lora_rank = 3;
  options.delta_density = 0.1;
  options.delta_learning_rate = 5e-3;
  options.mask_steps = 5;
  options.max_steps = 24;
  return options;
}

std::shared_ptr<const Model> sparse_base() {
  return Model::random(tiny_config(), {Storage::sparse_int8, 0.5}, 3);
}

std::vector<TrainSample> backwards(std::vector<TrainSample> samples) {
  for (TrainSample& sample : samples) std::ranges::reverse(sample.tokens);
  return samples;
}

QByteArray bytes_of(const fs::path& path) {
  QFile file(QString::fromStdString(path.string()));
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class TestTrainRosa : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  fs::path at(const std::string& name) const { return fs::path(dir_.path().toStdString()) / name; }

  /// A base that has learnt to count: what it knows can be turned to a related end.
  std::shared_ptr<const Model> counting_base() const {
    auto options = quick_options();
    options.max_steps = 150;
    const auto untrained = Model::random(tiny_config(), {}, 5);
    Trainer trainer(*untrained, options);
    trainer.run(counting_samples(40, 1), {}, {}, false, {}, {});
    trainer.save(at("counting"), Storage::f32, {});
    return Model::load(at("counting"));
  }

 private slots:
  void the_published_example_keeps_the_two_largest() {
    const std::vector<float> g{.1f * .1f, .9f * .9f, .5f * .5f, .2f * .2f};
    const CsrPattern places = largest_places(g, 2, 0.5);
    QCOMPARE(places.begins, (std::vector<std::uint64_t>{0, 1, 2}));
    QCOMPARE(places.columns, (std::vector<std::uint32_t>{1, 0}));
    QCOMPARE(largest_places(g, 2, 0.2).size(), std::size_t{0});
    QCOMPARE(largest_places(g, 2, 1).size(), std::size_t{4});
    const std::vector<float> equal(6, 1.0f);
    QCOMPARE(largest_places(equal, 3, 0.5).columns, (std::vector<std::uint32_t>{0, 1, 2}));
  }

  /// Three passes of one layer's sums each find what one pass with room for all does.
  void little_memory_for_the_sums_changes_no_place() {
    const auto model = sparse_base();
    auto options = rosa_options();
    const TrainableWeights weights(*model, options);
    ThreadPool pool(2);
    Workers workers(weights, options, 128, pool);
    const auto samples = counting_samples(12, 1);
    const std::vector<std::vector<std::uint32_t>> batches{{0, 1, 2}, {3, 4}, {5, 6, 7}};
    const auto roomy =
        workers.places_of_largest_gradients(samples, batches, 0.2, std::size_t{1} << 20, {});
    const auto tight = workers.places_of_largest_gradients(samples, batches, 0.2, 1, {});
    QCOMPARE(roomy->size(), weights.adapter_layout()->parts.size());
    for (std::size_t i = 0; i < roomy->size(); ++i) {
      QVERIFY(is_valid((*roomy)[i]));
      QCOMPARE((*tight)[i].columns, (*roomy)[i].columns);
      QCOMPARE((*tight)[i].begins, (*roomy)[i].begins);
    }
  }

  void nothing_changes_before_the_first_step() {
    const auto model = sparse_base();
    TrainableWeights weights(*model, rosa_options());
    std::vector<CsrPattern> patterns;
    for (const AdapterSlot& slot : weights.adapter_layout()->parts)
      patterns.push_back(
          largest_places(std::vector<float>(slot.in * slot.out, 1.0f), slot.in, 0.1));
    weights.start_adapters(std::move(patterns));
    weights.save(at("first"), Storage::f32, {});
    QCOMPARE(logits(with_adapter(model, read_adapter(at("first")))), logits(model));
  }

  void both_halves_learn_and_the_merged_weights_say_the_same() {
    const auto model = counting_base();
    auto options = rosa_options();
    options.max_steps = 120;
    Trainer trainer(*model, options);
    const auto samples = backwards(counting_samples(40, 1));
    const auto report = trainer.run(samples, samples, {}, false, {}, {});
    QVERIFY(report.finished);
    QVERIFY2(
        report.heldout_loss_after < 0.9 * report.heldout_loss_before,
        qPrintable(
            QString("%1 -> %2").arg(report.heldout_loss_before).arg(report.heldout_loss_after)));
    trainer.save(at("both"), Storage::f32, {});
    const Adapter adapter = read_adapter(at("both"));
    for (const auto& [name, layer] : adapter.layers) {
      QCOMPARE(layer.pattern.size(), layer.in * layer.out / 10);
      QVERIFY(std::ranges::any_of(layer.values, [](float v) { return v != 0; }));
      QVERIFY(std::ranges::any_of(layer.b, [](float v) { return v != 0; }));
    }
    const auto adapted = with_adapter(model, adapter);
    QVERIFY(std::abs(evaluate_loss(adapted, samples, 1).mean() - report.heldout_loss_after) < 1e-2);
    const auto apart = logits(adapted), together = logits(merged(*adapted, Storage::f32)),
               base = logits(model);
    float moved = 0;
    for (std::size_t i = 0; i < apart.size(); ++i) {
      QVERIFY(std::abs(apart[i] - together[i]) < 1e-3f);
      moved = std::max(moved, std::abs(apart[i] - base[i]));
    }
    QVERIFY(moved > 0.1f);
    adapted->save(at("whole"));
    QCOMPARE(logits(Model::load(at("whole"))), apart);
  }

  /// Stops before, at and after the change from the low-rank adapters alone to both.
  void a_stopped_run_resumes_bit_for_bit_in_every_stage() {
    const auto model = sparse_base();
    const auto samples = counting_samples(40, 1), heldout = counting_samples(8, 2);
    for (const auto optimizer : {OptimizerKind::adamw, OptimizerKind::microadam}) {
      auto options = rosa_options();
      options.optimizer = optimizer;
      Trainer whole(*model, options);
      const auto expected = whole.run(samples, heldout, {}, false, {}, {});
      QCOMPARE(expected.steps, std::size_t{29});
      const auto folder = at(optimizer == OptimizerKind::adamw ? "adamw" : "microadam");
      for (const std::size_t stop_at : {2u, 5u, 6u, 17u}) {
        std::stop_source source;
        Trainer part(*model, options);
        const auto stopped = part.run(
            samples, heldout, folder, true,
            [&](const TrainProgress& p) {
              QCOMPARE(p.total_steps, std::size_t{29});
              if (p.step == stop_at) source.request_stop();
            },
            source.get_token());
        QVERIFY(!stopped.finished);
      }
      Trainer last(*model, options);
      QVERIFY(last.run(samples, heldout, folder, true, {}, {}).finished);
      whole.save(at("a"), Storage::f32, {});
      last.save(at("b"), Storage::f32, {});
      QCOMPARE(bytes_of(at("b")), bytes_of(at("a")));
    }
  }

  void damaged_places_are_chosen_again() {
    const AdapterLayout layout(ParameterLayout(tiny_config()), 2);
    RosaPlaces places;
    for (const AdapterSlot& slot : layout.parts)
      places.patterns.push_back(
          largest_places(std::vector<float>(slot.in * slot.out, 1.0f), slot.in, 0.1));
    places.steps = 7;
    write_places(at("places"), "run", layout, places);
    QCOMPARE(read_places(at("places"), "run", layout)->steps, std::int64_t{7});
    QVERIFY(!read_places(at("places"), "another run", layout));
    QFile file(QString::fromStdString(at("places").string()));
    QVERIFY(file.resize(file.size() - 10));
    QVERIFY(!read_places(at("places"), "run", layout));
    QVERIFY(!read_places(at("nowhere"), "run", layout));
  }

  void places_outside_the_matrix_are_refused() {
    const std::shared_ptr<const Linear> base =
        make_linear(Storage::f32, {std::vector<float>(6, 1.0f).data(), 2, 3});
    const CsrPattern good{3, {0, 1, 2}, {2, 0}};
    QVERIFY(make_delta_linear(base, good, {1, 2}));
    for (const CsrPattern& bad :
         {CsrPattern{3, {0, 1, 2}, {3, 0}}, CsrPattern{3, {0, 2, 1}, {0, 1}},
          CsrPattern{3, {0, 2, 2}, {1, 1}}, CsrPattern{2, {0, 1, 2}, {1, 0}},
          CsrPattern{3, {0, 1}, {1}}})
      QVERIFY_THROWS_EXCEPTION(std::runtime_error,
                               make_delta_linear(base, bad, std::vector<float>(bad.size(), 1.0f)));
  }
};

QTEST_APPLESS_MAIN(TestTrainRosa)
#include "test_train_rosa.moc"

#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>
#include <thread>

#include "engine/model/adapter_file.h"
#include "engine/model/model_builder.h"
#include "engine/model/session.h"
#include "engine/train/network.h"
#include "engine/train/trainable.h"
#include "tiny_training.h"

using namespace sancho::engine;
using namespace sancho::engine::testing;

namespace {

std::filesystem::path folder(const QTemporaryDir& dir, const char* name) {
  return std::filesystem::path(dir.path().toStdString()) / name;
}

std::vector<float> dense(const Model& model, const std::string& name) {
  const auto linear = linear_by_name(model, name);
  std::vector<float> w(linear->out_features() * linear->in_features());
  linear->to_dense({w.data(), linear->out_features(), linear->in_features()});
  return w;
}

void compare_models(const Model& a, const Model& b) {
  for (const auto& name : linear_names(a.config())) QCOMPARE(dense(a, name), dense(b, name));
  for (std::size_t i = 0; i < a.norm().size(); ++i) QCOMPARE(a.norm()[i], b.norm()[i]);
}

}  // namespace

class TestTrainTrainer : public QObject {
  Q_OBJECT
 private slots:
  void training_lowers_the_loss_on_a_small_repeated_set() {
    const auto model = Model::random(tiny_config(), {}, 3);
    auto options = quick_options();
    options.max_steps = 150;
    Trainer trainer(*model, options);
    const auto report =
        trainer.run(counting_samples(40, 1), counting_samples(8, 2), {}, false, {}, {});
    QVERIFY(report.finished);
    QCOMPARE(report.steps, std::size_t{150});
    QCOMPARE(report.curve.size(), std::size_t{150});
    QVERIFY2(report.loss_last < 0.6 * report.loss_first,
             qPrintable(QString("%1 -> %2").arg(report.loss_first).arg(report.loss_last)));
    QVERIFY(report.heldout_loss_after < report.heldout_loss_before);
  }

  void a_stopped_and_resumed_run_ends_bit_for_bit_the_same() {
    const auto model = Model::random(tiny_config(), {}, 3);
    const auto train = counting_samples(40, 1), heldout = counting_samples(8, 2);
    QTemporaryDir dir;

    Trainer whole(*model, quick_options());
    const auto report = whole.run(train, heldout, {}, false, {}, {});
    whole.save(folder(dir, "whole.safetensors"), Storage::f32, {});

    const auto checkpoints = folder(dir, "checkpoints");
    for (const std::size_t stop_at : {7u, 23u}) {
      std::stop_source source;
      Trainer part(*model, quick_options());
      const auto stopped = part.run(
          train, heldout, checkpoints, true,
          [&](const TrainProgress& p) {
            if (p.step == stop_at) source.request_stop();
          },
          source.get_token());
      QVERIFY(!stopped.finished);
      QCOMPARE(stopped.steps, std::size_t{stop_at});
    }
    Trainer last(*model, quick_options());
    const auto resumed = last.run(train, heldout, checkpoints, true, {}, {});
    last.save(folder(dir, "resumed.safetensors"), Storage::f32, {});
    QVERIFY(resumed.finished);
    QCOMPARE(resumed.curve.size(), report.curve.size());
    for (std::size_t i = 0; i < report.curve.size(); ++i)
      QCOMPARE(resumed.curve[i].loss, report.curve[i].loss);
    compare_models(*Model::load(folder(dir, "whole.safetensors")),
                   *Model::load(folder(dir, "resumed.safetensors")));
  }

  void a_checkpoint_of_another_run_is_not_used() {
    const auto model = Model::random(tiny_config(), {}, 3);
    const auto train = counting_samples(40, 1);
    QTemporaryDir dir;
    Trainer(*model, quick_options()).run(train, {}, folder(dir, "c"), false, {}, {});
    auto other = quick_options();
    other.learning_rate = 5e-3;
    std::size_t first_step = 0;
    Trainer(*model, other)
        .run(train, {}, folder(dir, "c"), true,
             [&](const TrainProgress& p) {
               if (first_step == 0) first_step = p.step;
             },
             {});
    QCOMPARE(first_step, std::size_t{1});
  }

  void a_damaged_checkpoint_is_refused_in_one_sentence() {
    const auto model = Model::random(tiny_config(), {}, 3);
    const auto train = counting_samples(40, 1);
    QTemporaryDir dir;
    const auto checkpoints = folder(dir, "c");
    Trainer(*model, quick_options()).run(train, {}, checkpoints, false, {}, {});
    const auto file = checkpoints / "training.safetensors";
    const auto size = std::filesystem::file_size(file);
    for (const double share : {0.0, 0.01, 0.5, 0.99}) {
      std::filesystem::resize_file(file,
                                   static_cast<std::uintmax_t>(static_cast<double>(size) * share));
      try {
        Trainer(*model, quick_options()).run(train, {}, checkpoints, true, {}, {});
        QFAIL("a cut checkpoint was accepted");
      } catch (const std::runtime_error& e) {
        QVERIFY2(QString(e.what()).contains("training.safetensors"), e.what());
        QVERIFY(!QString(e.what()).contains('\n'));
      }
      std::filesystem::resize_file(file, size);
      Trainer(*model, quick_options()).run(train, {}, checkpoints, false, {}, {});
    }
  }

  void a_flipped_bit_in_a_checkpoint_is_noticed() {
    const auto model = Model::random(tiny_config(), {}, 3);
    const auto train = counting_samples(40, 1);
    QTemporaryDir dir;
    const auto checkpoints = folder(dir, "c");
    Trainer(*model, quick_options()).run(train, {}, checkpoints, false, {}, {});
    const auto file = checkpoints / "training.safetensors";
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    const auto at = static_cast<std::streamoff>(std::filesystem::file_size(file) / 2);
    stream.seekg(at);
    const char byte = static_cast<char>(stream.get() ^ 0x10);
    stream.seekp(at);
    stream.put(byte);
    stream.close();
    QVERIFY_THROWS_EXCEPTION(
        std::runtime_error,
        Trainer(*model, quick_options()).run(train, {}, checkpoints, true, {}, {}));
  }

  void a_run_that_diverges_says_so() {
    const auto model = Model::random(tiny_config(), {}, 3);
    auto options = quick_options();
    options.learning_rate = 1e30;
    options.gradient_clip = 0;
    QVERIFY_THROWS_EXCEPTION(
        std::runtime_error,
        Trainer(*model, options).run(counting_samples(40, 1), {}, {}, false, {}, {}));
  }

  void without_samples_there_is_one_sentence() {
    const auto model = Model::random(tiny_config(), {}, 3);
    QVERIFY_THROWS_EXCEPTION(std::runtime_error,
                             Trainer(*model, quick_options()).run({}, {}, {}, false, {}, {}));
  }

  void a_time_limit_ends_the_run_with_the_schedule_at_its_floor() {
    const auto model = Model::random(tiny_config(), {}, 3);
    auto options = quick_options();
    options.max_steps = 1'000'000;
    options.max_seconds = 0.3;
    const auto report =
        Trainer(*model, options).run(counting_samples(40, 1), {}, {}, false, {}, {});
    QVERIFY(report.finished);
    QVERIFY(report.steps < options.max_steps);
    QVERIFY(report.curve.back().learning_rate < options.learning_rate / 2);
  }

  void the_training_forward_gives_the_logits_of_a_session() {
    for (const bool tied : {true, false}) {
      const auto model = Model::random(tiny_config(tied), {}, 5);
      TrainOptions options = quick_options();
      const TrainableWeights weights(*model, options);
      const std::vector<TokenId> tokens{3, 14, 15, 9, 26, 5, 3, 5, 8, 9, 7};
      Network<float> network(model->config(), weights.layout(), nullptr, 64, 64,
                             GemmPrecision::f32);
      PackedBatch batch;
      batch.add(tokens, 1);
      const auto logits = network.logits(weights.view(), batch);
      Session session(model, std::make_shared<ThreadPool>(1), 64);
      const auto expected = session.read_all(std::span(tokens).first(tokens.size() - 1));
      for (std::size_t r = 0; r < expected.rows; ++r)
        for (std::size_t c = 0; c < expected.cols; ++c)
          QVERIFY(std::abs(logits[r * expected.cols + c] - expected(r, c)) < 1e-4f);
    }
  }

  void both_ways_of_measuring_loss_agree() {
    const auto model = Model::random(tiny_config(), {}, 5);
    const auto samples = counting_samples(10, 3);
    auto options = quick_options();
    options.max_steps = 1;
    options.bf16_matmul = false;
    const auto report = Trainer(*model, options).run(samples, samples, {}, false, {}, {});
    const auto loss = evaluate_loss(model, samples, 2);
    QVERIFY(std::abs(loss.mean() - report.heldout_loss_before) < 1e-4);
  }
};

QTEST_APPLESS_MAIN(TestTrainTrainer)
#include "test_train_trainer.moc"

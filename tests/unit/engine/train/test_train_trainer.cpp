#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>
#include <thread>

#include "engine/model/adapter_file.h"
#include "engine/model/model_builder.h"
#include "engine/model/session.h"
#include "engine/train/network.h"
#include "engine/train/pattern.h"
#include "engine/train/trainable.h"
#include "tiny_training.h"

using namespace sancho::engine;
using namespace sancho::engine::testing;

namespace {

std::filesystem::path folder(const QTemporaryDir& dir, const char* name) {
  return std::filesystem::path(dir.path().toStdString()) / name;
}

void compare_models(const Model& a, const Model& b) {
  for (const auto& name : linear_names(a.config())) QCOMPARE(dense(a, name), dense(b, name));
  for (std::size_t i = 0; i < a.norm().size(); ++i) QCOMPARE(a.norm()[i], b.norm()[i]);
}

QByteArray file_bytes(const std::filesystem::path& path) {
  QFile file(QString::fromStdString(path.string()));
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Every other weight of the blocks is zero.
std::shared_ptr<const Model> compressed_model() {
  return Model::random(tiny_config(), {Storage::sparse_int8, 0.5}, 3);
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

  void a_stopped_and_resumed_run_ends_bit_for_bit_the_same_data() {
    QTest::addColumn<int>("patience");
    QTest::addColumn<QList<int>>("stops");
    QTest::newRow("to its planned end") << 0 << QList<int>{7, 23};
    QTest::newRow("back at its best weights") << 1 << QList<int>{3, 11, 13};
  }
  void a_stopped_and_resumed_run_ends_bit_for_bit_the_same() {
    QFETCH(int, patience);
    QFETCH(QList<int>, stops);
    const auto model = Model::random(tiny_config(), {}, 3);
    const auto train = counting_samples(patience ? 4 : 40, 1), heldout = counting_samples(8, 2);
    auto options = quick_options();
    options.patience = static_cast<std::size_t>(patience);
    if (patience) options.learning_rate = 0.03;
    QTemporaryDir dir;

    Trainer whole(*model, options);
    const auto report = whole.run(train, heldout, {}, false, {}, {});
    whole.save(folder(dir, "whole.safetensors"), Storage::f32, {});
    QCOMPARE(report.steps<options.max_steps, patience> 0);
    QVERIFY(report.steps > static_cast<std::size_t>(stops.back()));

    const auto checkpoints = folder(dir, "checkpoints");
    for (const int at : stops) {
      const auto stop_at = static_cast<std::size_t>(at);
      std::stop_source source;
      Trainer part(*model, options);
      const auto stopped = part.run(
          train, heldout, checkpoints, true,
          [&](const TrainProgress& p) {
            if (p.step == stop_at) source.request_stop();
          },
          source.get_token());
      QVERIFY(!stopped.finished);
      QCOMPARE(stopped.steps, stop_at);
    }
    Trainer last(*model, options);
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
      Session session(model, std::make_shared<ThreadPool>(1), 64, KvFormat::f32);
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
  void a_sparse_pattern_never_grows_and_its_other_weights_move() {
    const auto start = compressed_model();
    for (const auto optimizer : {OptimizerKind::adamw, OptimizerKind::microadam}) {
      auto options = quick_options();
      options.method = TrainMethod::sparse;
      options.optimizer = optimizer;
      Trainer trainer(*start, options);
      const auto report = trainer.run(counting_samples(40, 1), {}, {}, false, {}, {});
      QVERIFY(report.loss_last < report.loss_first);
      QVERIFY(report.trainable_parameters < parameter_count(start->config()));
      QTemporaryDir dir;
      for (const Storage storage : {Storage::f32, Storage::sparse_int8}) {
        trainer.save(folder(dir, "m.safetensors"), storage, {});
        const auto trained = Model::load(folder(dir, "m.safetensors"));
        for (const auto& name : linear_names(start->config())) {
          const auto before = dense(*start, name), after = dense(*trained, name);
          QVERIFY(before != after);
          if (!name.starts_with("model.layers.")) continue;
          QCOMPARE(linear_by_name(*trained, name)->storage(), storage);
          for (std::size_t i = 0; i < before.size(); ++i)
            if (before[i] == 0.0f) QCOMPARE(after[i], 0.0f);
        }
      }
    }
  }

  void a_sparse_step_is_the_full_step_within_the_pattern() {
    const auto start = compressed_model();
    QTemporaryDir dir;
    std::shared_ptr<const Model> trained[2];
    for (const auto method : {TrainMethod::full, TrainMethod::sparse}) {
      auto options = quick_options();
      options.method = method;
      options.max_steps = 1;
      options.gradient_clip = 0;
      Trainer trainer(*start, options);
      trainer.run(counting_samples(40, 1), {}, {}, false, {}, {});
      const auto path = folder(dir, method == TrainMethod::full ? "full" : "sparse");
      trainer.save(path, Storage::f32, {});
      trained[method == TrainMethod::sparse] = Model::load(path);
    }
    for (const auto& name : linear_names(start->config())) {
      const auto before = dense(*start, name), full = dense(*trained[0], name),
                 sparse = dense(*trained[1], name);
      for (std::size_t i = 0; i < before.size(); ++i)
        QCOMPARE(sparse[i],
                 before[i] != 0.0f || !name.starts_with("model.layers.") ? full[i] : 0.0f);
    }
  }

  void a_weight_that_passes_through_zero_stays_in_the_pattern() {
    std::vector<float> x{0, 2, 0, 3, 4, 0, 5};
    const Pattern pattern(x);
    QCOMPARE(pattern.count(), std::size_t{4});
    pattern.gather(x.data());
    QCOMPARE(x[0], 2.0f);
    QCOMPARE(x[3], 5.0f);
    x[1] = 0;
    pattern.scatter(x.data());
    QCOMPARE(x, (std::vector<float>{0, 2, 0, 0, 4, 0, 5}));
    pattern.gather(x.data());
    x[1] = 7;
    pattern.scatter(x.data());
    QCOMPARE(x, (std::vector<float>{0, 2, 0, 7, 4, 0, 5}));
  }

  void every_method_and_optimizer_resumes_bit_for_bit() {
    const auto start = compressed_model();
    const auto train = counting_samples(40, 1);
    for (const auto method : {TrainMethod::full, TrainMethod::sparse, TrainMethod::lora})
      for (const auto optimizer : {OptimizerKind::adamw, OptimizerKind::microadam,
                                   OptimizerKind::mfac, OptimizerKind::ggt}) {
        const bool experimental = optimizer > OptimizerKind::microadam;
        if (experimental && method != TrainMethod::sparse) continue;
        auto options = quick_options();
        options.method = method;
        options.optimizer = optimizer;
        if (experimental) options.learning_rate = 1e-4;
        QTemporaryDir dir;
        Trainer whole(*start, options);
        const auto expected = whole.run(train, {}, {}, false, {}, {});
        std::stop_source source;
        Trainer(*start, options)
            .run(
                train, {}, folder(dir, "c"), false,
                [&](const TrainProgress& p) {
                  if (p.step == 15) source.request_stop();
                },
                source.get_token());
        Trainer rest(*start, options);
        const auto resumed = rest.run(train, {}, folder(dir, "c"), true, {}, {});
        for (std::size_t i = 0; i < expected.curve.size(); ++i)
          QCOMPARE(resumed.curve[i].loss, expected.curve[i].loss);
        whole.save(folder(dir, "a"), Storage::f32, {});
        rest.save(folder(dir, "b"), Storage::f32, {});
        QCOMPARE(file_bytes(folder(dir, "a")), file_bytes(folder(dir, "b")));
      }
  }

  void an_adapter_changes_nothing_before_its_first_step() {
    const auto model = Model::random(tiny_config(), {}, 5);
    auto options = quick_options();
    options.method = TrainMethod::lora;
    QTemporaryDir dir;
    Trainer(*model, options).save(folder(dir, "adapter.safetensors"), Storage::f32, {});
    const auto adapted = with_adapter(model, read_adapter(folder(dir, "adapter.safetensors")));
    QCOMPARE(logits(adapted), logits(model));
  }

  void an_adapter_over_the_base_equals_the_merged_weights() {
    const auto model = Model::random(tiny_config(), {}, 5);
    auto options = quick_options();
    options.method = TrainMethod::lora;
    options.lora_rank = 3;
    Trainer trainer(*model, options);
    const auto samples = counting_samples(40, 1);
    const auto report = trainer.run(samples, samples, {}, false, {}, {});
    QVERIFY(report.heldout_loss_after < report.heldout_loss_before);
    QTemporaryDir dir;
    trainer.save(folder(dir, "adapter.safetensors"), Storage::f32, {});
    const Adapter adapter = read_adapter(folder(dir, "adapter.safetensors"));
    const auto adapted = with_adapter(model, adapter);

    ModelBuilder merged(model->config());
    for (const auto& name : linear_names(model->config())) {
      auto w = dense(*model, name);
      const auto [out, in] = linear_shape(model->config(), name);
      if (const auto found = adapter.layers.find(name); found != adapter.layers.end())
        for (std::size_t r = 0; r < out; ++r)
          for (std::size_t c = 0; c < in; ++c)
            for (std::size_t k = 0; k < adapter.rank; ++k)
              w[r * in + c] += static_cast<float>(adapter.alpha) /
                               static_cast<float>(adapter.rank) *
                               found->second.b[r * adapter.rank + k] * found->second.a[k * in + c];
      merged.linear(name, make_linear(Storage::f32, {w.data(), out, in}));
    }
    for (std::size_t l = 0; l < model->layers().size(); ++l) {
      const std::string prefix = "model.layers." + std::to_string(l) + ".";
      merged.norm(prefix + "input_layernorm", model->layers()[l].input_layernorm.span());
      merged.norm(prefix + "post_attention_layernorm",
                  model->layers()[l].post_attention_layernorm.span());
    }
    merged.norm("model.norm", model->norm().span());
    const auto together = logits(merged.build()), apart = logits(adapted), base = logits(model);
    double moved = 0;
    for (std::size_t i = 0; i < together.size(); ++i) {
      QVERIFY(std::abs(together[i] - apart[i]) < 1e-3f);
      moved = std::max(moved, static_cast<double>(std::abs(apart[i] - base[i])));
    }
    QVERIFY(moved > 0.1);
    QVERIFY(std::abs(evaluate_loss(adapted, samples, 1).mean() - report.heldout_loss_after) < 1e-2);
  }

  void a_stop_request_is_obeyed_between_layers() {
    const auto model = Model::random(tiny_config(), {}, 3);
    std::stop_source source;
    source.request_stop();
    const auto samples = counting_samples(40, 1);
    const auto report =
        Trainer(*model, quick_options()).run(samples, samples, {}, false, {}, source.get_token());
    QVERIFY(!report.finished);
    QCOMPARE(report.steps, std::size_t{0});
  }

  void the_best_weights_are_kept() {
    const auto model = Model::random(tiny_config(), {}, 3);
    auto options = quick_options();
    options.max_steps = 64;
    options.learning_rate = 0.05;
    Trainer trainer(*model, options);
    const auto heldout = counting_samples(8, 2);
    const auto report = trainer.run(counting_samples(4, 1), heldout, {}, false, {}, {});
    double best = report.heldout_loss_before;
    for (const TrainProgress& p : report.curve)
      best = std::min(best, p.heldout_loss.value_or(best));
    QCOMPARE(report.heldout_loss_after, best);
    QTemporaryDir dir;
    trainer.save(folder(dir, "m.safetensors"), Storage::f32, {});
    const auto saved = Model::load(folder(dir, "m.safetensors"));
    QVERIFY(std::abs(evaluate_loss(saved, heldout, 1).mean() - best) < 2e-2);
  }

  void a_run_that_gets_worse_goes_back_and_ends_with_a_falling_rate() {
    const auto model = Model::random(tiny_config(), {}, 3);
    auto options = quick_options();
    options.max_steps = 160;  // measured every 20
    options.learning_rate = 0.03;
    const auto train = counting_samples(12, 1), heldout = counting_samples(8, 2);
    const auto without = Trainer(*model, options).run(train, heldout, {}, false, {}, {});
    options.patience = 2;
    const auto report = Trainer(*model, options).run(train, heldout, {}, false, {}, {});

    // Up to where it turns it is the same run.
    std::size_t best = 0, turned = 0;
    double least = report.heldout_loss_before;
    for (const TrainProgress& p : report.curve) {
      if (!p.heldout_loss) continue;
      if (*p.heldout_loss < least) {
        least = *p.heldout_loss;
        best = p.step;
      } else if (p.step == best + 40) {
        turned = p.step;
        break;
      }
    }
    QVERIFY2(best > 0 && turned > 0 && turned + best < 160, "nothing to turn back from");
    for (std::size_t i = 0; i < turned; ++i) QCOMPARE(report.curve[i].loss, without.curve[i].loss);

    QCOMPARE(report.steps, turned + best);
    QCOMPARE(report.curve.back().total_steps, report.steps);
    const auto rate = [&](std::size_t step) { return report.curve[step - 1].learning_rate; };
    QCOMPARE(rate(turned + 1), rate(best + 1));
    for (std::size_t step = turned + 2; step <= report.steps; ++step)
      QVERIFY(rate(step) < rate(step - 1));
    QVERIFY(rate(report.steps) < rate(turned + 1) / static_cast<double>(best) * 1.01);
    // The first step after it sees the best weights, not the last ones.
    QVERIFY(report.curve[turned].loss > report.curve[turned - 1].loss);
    QVERIFY2(report.heldout_loss_after < least, "it was not worth while");
  }

  void a_token_file_gives_back_its_samples_and_refuses_damage() {
    QTemporaryDir dir;
    const auto path = folder(dir, "tokens.bin");
    const auto samples = counting_samples(20, 1);
    write_token_file(path, samples, 31);
    const auto again = read_token_file(path);
    QCOMPARE(again.size(), samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
      QCOMPARE(again[i].tokens, samples[i].tokens);
      QCOMPARE(again[i].loss_from, samples[i].loss_from);
    }
    const auto bytes = file_bytes(path);
    for (qsizetype length = 0; length < bytes.size(); length += 13) {
      std::ofstream(path, std::ios::binary).write(bytes.data(), length);
      QVERIFY_THROWS_EXCEPTION(std::runtime_error, read_token_file(path));
    }
    auto wrong = bytes;
    wrong[wrong.size() - 1] = 0x7f;  // a token outside the vocabulary
    std::ofstream(path, std::ios::binary).write(wrong.data(), wrong.size());
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, read_token_file(path));
  }
};

QTEST_APPLESS_MAIN(TestTrainTrainer)
#include "test_train_trainer.moc"

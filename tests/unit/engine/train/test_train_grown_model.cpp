#include <QTemporaryDir>
#include <QtTest>

#include "engine/model/model_builder.h"
#include "engine/model/session.h"
#include "engine/train/grown_model.h"
#include "tiny_training.h"

using namespace sancho::engine;
using namespace sancho::engine::testing;

class GrownModelTest : public QObject {
  Q_OBJECT

  std::shared_ptr<const Model> model_ = Model::random(tiny_config(), {Storage::f32}, 7);

 private slots:
  void a_grown_model_computes_the_same() {
    for (const std::size_t layers : {2u, 3u, 4u, 5u}) {
      const auto grown = grow_layers(*model_, layers);
      QCOMPARE(grown->config().num_hidden_layers, layers);
      const auto was = logits(model_), is = logits(grown);
      QCOMPARE(is.size(), was.size());
      for (std::size_t i = 0; i < is.size(); ++i) QVERIFY(std::abs(is[i] - was[i]) < 1e-5f);
    }
  }

  void new_blocks_are_copies_that_add_nothing_yet() {
    const auto grown = grow_layers(*model_, 4);
    for (const char* part : {"self_attn.q_proj", "mlp.up_proj", "mlp.down_proj"}) {
      const auto first = dense(*model_, std::string("model.layers.0.") + part);
      const auto added = dense(*grown, std::string("model.layers.1.") + part);
      QCOMPARE(dense(*grown, std::string("model.layers.0.") + part), first);
      QCOMPARE(dense(*grown, std::string("model.layers.2.") + part),
               dense(*model_, std::string("model.layers.1.") + part));
      QCOMPARE(added, std::string_view(part) == "mlp.down_proj"
                          ? std::vector<float>(first.size(), 0.0f)
                          : first);
    }
  }

  void new_blocks_learn() {
    const auto grown = grow_layers(*model_, 3);
    Trainer trainer(*grown, quick_options());
    const auto report =
        trainer.run(counting_samples(200, 1), counting_samples(20, 2), {}, false, {}, {});
    QVERIFY(report.heldout_loss_after < report.heldout_loss_before);
    QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath("grown.safetensors").toStdString();
    trainer.save(file, Storage::f32, {});
    const auto trained = Model::load(file);
    for (const float w : dense(*trained, "model.layers.1.mlp.down_proj"))
      if (w != 0) return;
    QFAIL("the new block's output is still zero");
  }

  void a_model_cannot_be_grown_smaller() {
    QVERIFY_EXCEPTION_THROWN(grow_layers(*model_, 1), std::invalid_argument);
  }
};

QTEST_APPLESS_MAIN(GrownModelTest)
#include "test_train_grown_model.moc"

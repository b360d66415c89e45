#include <QtTest>
#include <map>
#include <random>

#include "engine/train/sparse_layers.h"
#include "tiny_training.h"

using namespace sancho::engine;

namespace {

/// Patterns for every matrix of the blocks, of the sparsity that `sparsity_of(slot)` gives.
template <class SparsityOf>
std::map<std::size_t, Pattern> patterns(const ParameterLayout& layout, SparsityOf sparsity_of) {
  std::map<std::size_t, Pattern> all;
  std::mt19937 random(5);
  std::uniform_real_distribution<double> uniform;
  for (const auto& b : layout.blocks)
    for (const std::size_t slot : {b.q, b.k, b.v, b.o, b.gate, b.up, b.down}) {
      std::vector<float> w(layout.parts[slot].size());
      for (float& v : w) v = uniform(random) < sparsity_of(slot) ? 0.0f : 1.0f;
      all.emplace(slot, Pattern(w));
    }
  return all;
}

ModelConfig config() {
  ModelConfig c = testing::tiny_config();
  c.hidden_size = 256;
  c.head_dim = 64;
  c.intermediate_size = 640;
  return c;
}

}  // namespace

class TestTrainSparseLayers : public QObject {
  Q_OBJECT
 private slots:
  void very_sparse_matrices_are_taken_and_dense_ones_are_not() {
    const ParameterLayout layout(config());
    const std::size_t empty = layout.blocks[0].gate, dense = layout.blocks[1].gate;
    const auto all = patterns(layout, [&](std::size_t slot) {
      if (slot == dense || slot == dense + 1) return 0.5;
      return slot == empty || slot == empty + 1 ? 0.999 : 0.8;
    });
    SparseLayers layers(layout, [&](std::size_t slot) { return &all.at(slot); });
    layers.choose(256, GemmPrecision::f32);
    QVERIFY(layers.at(empty));
    QCOMPARE(layers.at(empty)->out(), 2 * config().intermediate_size);
    QVERIFY(!layers.at(dense));
    QVERIFY(!layers.at(layout.embed));
    QCOMPARE(layers.state()[0].data.size(), 2 * 4 - std::size_t{1});
  }

  void a_choice_survives_a_checkpoint() {
    const ParameterLayout layout(config());
    const auto all = patterns(layout, [](std::size_t) { return 0.9; });
    const auto pattern_of = [&](std::size_t slot) { return &all.at(slot); };
    SparseLayers layers(layout, pattern_of);
    for (const bool sparse : {true, false}) {
      layers.state()[0].data[3] = std::byte(sparse);
      layers.adopt();
      QCOMPARE(layers.at(layout.blocks[0].down) != nullptr, sparse);
      QVERIFY(!layers.at(layout.blocks[0].o));
    }
  }

  void without_patterns_there_is_nothing_to_choose() {
    const ParameterLayout layout(config());
    SparseLayers layers(layout, [](std::size_t) { return nullptr; });
    layers.choose(64, GemmPrecision::f32);
    QVERIFY(layers.state().empty());
    for (std::size_t slot = 0; slot < layout.parts.size(); ++slot) QVERIFY(!layers.at(slot));
  }
};

QTEST_APPLESS_MAIN(TestTrainSparseLayers)
#include "test_train_sparse_layers.moc"

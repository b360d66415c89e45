#include <QtTest>
#include <cmath>
#include <map>
#include <random>

#include "engine/train/network.h"
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
  void matrices_are_taken_where_the_sparse_way_is_faster() {
    const ParameterLayout layout(config());
    const std::size_t dense = layout.blocks[1].gate;
    const auto all = patterns(
        layout, [&](std::size_t slot) { return slot == dense || slot == dense + 1 ? 0.5 : 0.9; });
    SparseLayers layers(layout, [&](std::size_t slot) { return &all.at(slot); });
    layers.choose([](const SparseLayer& layer) { return layer.in() == 640 ? 1.1 : 1.3; });
    for (const auto& b : layout.blocks) {
      QVERIFY(layers.at(b.q) && layers.at(b.o));
      QVERIFY(!layers.at(b.down));
    }
    QCOMPARE(layers.at(layout.blocks[0].gate)->out(), 2 * config().intermediate_size);
    QVERIFY(!layers.at(dense));  // too few zeros to be tried
    QVERIFY(!layers.at(layout.embed));
    QCOMPARE(layers.state()[0].data.size(), 2 * 4 - std::size_t{1});
  }

  void both_ways_are_timed() {
    const ParameterLayout layout(config());
    const auto all = patterns(layout, [](std::size_t) { return 0.9; });
    const Pattern* parts[] = {&all.at(layout.blocks[0].o)};
    const SparseLayer layer(parts, 256);
    const double once = measured_speed_up(layer, 64, GemmPrecision::f32);
    QVERIFY(once > 0);
    QCOMPARE(measured_speed_up(layer, 64, GemmPrecision::f32), once);
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

  void a_network_through_patterns_has_the_gradients_of_a_dense_one() {
    const ModelConfig c = testing::tiny_config();
    const ParameterLayout layout(c);
    const auto all = patterns(layout, [](std::size_t) { return 0.9; });
    std::mt19937 random(3);
    std::normal_distribution<float> normal(0, 0.3f);
    std::vector<float> weights(layout.size);
    for (float& w : weights) w = normal(random);
    for (const auto& [slot, pattern] : all)
      for (std::size_t i = 0; i < pattern.size(); ++i)
        if (!pattern.contains(i)) weights[layout.parts[slot].offset + i] = 0;
    SparseLayers layers(layout, [&](std::size_t slot) {
      const auto found = all.find(slot);
      return found == all.end() ? nullptr : &found->second;
    });
    std::ranges::fill(layers.state()[0].data, std::byte{1});
    layers.adopt();

    PackedBatch batch;
    for (const auto& sample : testing::counting_samples(6, 2))
      batch.add(sample.tokens, sample.loss_from);
    Network<float> network(c, layout, nullptr, batch.inputs.size(), 64, GemmPrecision::f32);
    std::vector<float> dense(layout.size), sparse(layout.size);
    const auto loss = [&](const SparseLayers* way, std::vector<float>& gradient) {
      return *network.loss_and_gradient({.base = weights.data(), .sparse = way},
                                        {.base = gradient.data()}, batch, 0.1f);
    };
    const double expected = loss(nullptr, dense), got = loss(&layers, sparse);
    QVERIFY(std::abs(got - expected) < 1e-4 * expected);
    float top = 0;
    for (const float g : dense) top = std::max(top, std::abs(g));
    for (std::size_t slot = 0; slot < layout.parts.size(); ++slot)
      for (std::size_t i = 0; i < layout.parts[slot].size(); ++i) {
        const std::size_t at = layout.parts[slot].offset + i;
        const bool kept = !all.contains(slot) || all.at(slot).contains(i);
        if (kept)
          QVERIFY(std::abs(sparse[at] - dense[at]) < 1e-4f * top);
        else
          QCOMPARE(sparse[at], 0.0f);
      }
  }

  void without_patterns_there_is_nothing_to_choose() {
    const ParameterLayout layout(config());
    SparseLayers layers(layout, [](std::size_t) { return nullptr; });
    layers.choose([](const SparseLayer&) { return 2.0; });
    QVERIFY(layers.state().empty());
    for (std::size_t slot = 0; slot < layout.parts.size(); ++slot) QVERIFY(!layers.at(slot));
  }
};

QTEST_APPLESS_MAIN(TestTrainSparseLayers)
#include "test_train_sparse_layers.moc"

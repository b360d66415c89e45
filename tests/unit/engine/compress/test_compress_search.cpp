#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <numeric>
#include <set>

#include "../train/tiny_training.h"
#include "compress_data.h"
#include "engine/compress/divergence.h"
#include "engine/compress/evopress.h"
#include "engine/model/model_builder.h"

using namespace sancho::engine;
using namespace sancho::engine::testing;

namespace {

/// Units whose levels cost what a table says, whatever the others are.
struct Toy {
  std::vector<Unit> units;
  std::vector<std::vector<double>> cost;

  Toy(std::size_t count, std::size_t levels, std::uint32_t seed, bool equal_sizes) {
    std::mt19937 random(seed);
    for (std::size_t u = 0; u < count; ++u) {
      Unit unit;
      std::vector<double> costs;
      const std::size_t size = equal_sizes ? 10 : 5 + random() % 20;
      double cost = 0;
      for (std::size_t l = 0; l < levels; ++l) {
        unit.bytes.push_back(size * (l + 1));
        costs.insert(costs.begin(), cost);
        cost += static_cast<double>(1 + random() % 50) * static_cast<double>(l + 1);
      }
      units.push_back(unit);
      this->cost.push_back(costs);
    }
  }

  double of(const Choice& choice) const {
    double sum = 0;
    for (std::size_t u = 0; u < choice.size(); ++u) sum += cost[u][choice[u]];
    return sum;
  }

  double best(std::size_t budget) const {
    Choice choice(units.size(), 0);
    double best = HUGE_VAL;
    for (;;) {
      if (bytes_of(units, choice) <= budget) best = std::min(best, of(choice));
      std::size_t u = 0;
      while (u < choice.size() && ++choice[u] == units[u].bytes.size()) choice[u++] = 0;
      if (u == choice.size()) return best;
    }
  }
};

}  // namespace

class TestCompressSearch : public QObject {
  Q_OBJECT
 private slots:
  void mutation_keeps_the_sum_of_levels_of_equal_units() {
    const Toy toy(9, 6, 1, true);
    Choice choice(9, 3);
    const std::size_t budget = bytes_of(toy.units, choice);
    std::size_t changed = 0, most = 0;
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
      const Choice child = mutate(toy.units, choice, budget, seed);
      QCOMPARE(std::accumulate(child.begin(), child.end(), 0), 27);
      QVERIFY(*std::ranges::max_element(child) < 6);
      std::size_t distance = 0;
      for (std::size_t i = 0; i < 9; ++i)
        distance += static_cast<std::size_t>(std::abs(child[i] - choice[i]));
      changed += distance > 0;
      most = std::max(most, distance);
      choice = child;
    }
    QVERIFY(changed > 2500);
    QCOMPARE(most, std::size_t{6});
  }

  void an_additive_cost_ends_at_the_optimum() {
    for (std::uint32_t seed = 1; seed <= 6; ++seed) {
      const Toy toy(6, 5, seed, true);
      const Choice start(6, 2);
      EvolutionOptions options;
      options.budget = bytes_of(toy.units, start);
      options.seed = seed;
      const auto state =
          evolve(toy.units, {0, start, 0}, options,
                 [&](const Choice& c, std::uint64_t, std::size_t) { return toy.of(c); }, {}, {});
      QCOMPARE(toy.of(state.best), toy.best(options.budget));
      QCOMPARE(state.fitness, toy.of(state.best));
    }
  }

  void the_budget_holds_and_the_fitness_never_rises() {
    const Toy toy(12, 6, 3, false);
    EvolutionOptions options;
    options.budget = 700;
    const Choice start = uniform_start(toy.units, options.budget);
    QVERIFY(bytes_of(toy.units, start) <= options.budget);
    double last = toy.of(start);
    std::size_t generations = 0;
    evolve(
        toy.units, {0, start, 0}, options,
        [&](const Choice& c, std::uint64_t, std::size_t) {
          if (bytes_of(toy.units, c) > options.budget) throw std::runtime_error("over the budget");
          return toy.of(c);
        },
        [&](const EvolutionState& state) {
          QVERIFY(bytes_of(toy.units, state.best) <= options.budget);
          QVERIFY(state.fitness <= last);
          QCOMPARE(state.generation, ++generations);
          last = state.fitness;
        },
        {});
    QCOMPARE(generations, std::size_t{400});
    QVERIFY(last < toy.of(start));
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, uniform_start(toy.units, 10));
    options.budget = bytes_of(toy.units, start) - 1;
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument,
                             evolve(toy.units, {0, start, 0}, options, {}, {}, {}));
  }

  void a_stopped_search_goes_on_as_if_nothing_had_been() {
    const Toy toy(10, 5, 4, true);
    const Choice start(10, 2);
    EvolutionOptions options;
    options.budget = bytes_of(toy.units, start);
    options.generations = 60;
    // Noise that depends on the batch, as that of text does.
    const Fitness noisy = [&](const Choice& c, std::uint64_t batch, std::size_t) {
      std::uint64_t hash = batch;
      for (const auto level : c) hash = hash * 1099511628211u + level;
      return toy.of(c) + static_cast<double>(hash % 97);
    };
    const auto whole = evolve(toy.units, {0, start, 0}, options, noisy, {}, {});
    std::stop_source stop;
    const auto half = evolve(
        toy.units, {0, start, 0}, options, noisy,
        [&](const EvolutionState& s) {
          if (s.generation == 23) stop.request_stop();
        },
        stop.get_token());
    QCOMPARE(half.generation, std::size_t{23});
    const auto rest = evolve(toy.units, half, options, noisy, {}, {});
    QCOMPARE(rest.best, whole.best);
    QCOMPARE(rest.fitness, whole.fitness);
  }

  void a_model_diverges_from_itself_not_at_all() {
    const auto model = Model::random(tiny_config(), {}, 3);
    const auto other = Model::random(tiny_config(), {}, 4);
    const std::vector<std::vector<TokenId>> texts{{1, 2, 3, 4, 5}, {7, 8, 9}};
    const std::vector<std::size_t> every{0, 1};
    const auto pool = std::make_shared<ThreadPool>(1);
    Divergence exact(model, texts, 1000, pool), few(model, texts, 5, pool);
    QVERIFY(std::abs(exact.measure(model, every).mean()) < 1e-6);
    QVERIFY(std::abs(few.measure(model, every).mean()) < 1e-5);
    QCOMPARE(exact.measure(model, every).tokens, std::size_t{8});

    // Against the definition, in double.
    double sum = 0;
    for (const auto& text : texts) {
      Session a(model, pool, 10), b(other, pool, 10);
      const auto p = a.read_all(text), q = b.read_all(text);
      for (std::size_t t = 0; t < text.size(); ++t) {
        double p_sum = 0, q_sum = 0;
        for (std::size_t i = 0; i < p.cols; ++i) {
          p_sum += std::exp(static_cast<double>(p(t, i)));
          q_sum += std::exp(static_cast<double>(q(t, i)));
        }
        for (std::size_t i = 0; i < p.cols; ++i) {
          const double x = std::exp(static_cast<double>(p(t, i))) / p_sum;
          const double y = std::exp(static_cast<double>(q(t, i))) / q_sum;
          sum += x * std::log(x / y);
        }
      }
    }
    const double measured = exact.measure(other, every).mean();
    QVERIFY(std::abs(measured - sum / 8) < 1e-5);
    QVERIFY(few.measure(other, every).mean() <= measured + 1e-6);
  }

  void a_search_over_a_dense_storage_moves_zeros_between_layers() {
    QTemporaryDir dir;
    const auto model = Model::random(tiny_config(), {}, 3);
    SearchOptions options;
    options.compress.format = {Storage::f32, 0.5};
    options.compress.threads = 1;
    options.compress.folder = dir.path().toStdString();
    options.evolution.generations = 12;
    options.evolution.stages = {{1, 64}, {1, 256}};
    const auto samples = counting_samples(60, 1);
    const auto found = search([&] { return model; }, samples, options, {}, {}, {});
    std::size_t zeros = 0, weights = 0;
    std::set<double> shares;
    for (const LayerReport& layer : found.layers) {
      const auto linear = linear_by_name(*found.model, layer.name);
      weights += linear->out_features() * linear->in_features();
      zeros += linear->out_features() * linear->in_features() - linear->nonzeros();
      shares.insert(layer.sparsity);
    }
    QVERIFY2(shares.size() > 1, "every layer stayed as it was");
    QVERIFY(zeros * 2 >= weights);
  }

  void a_search_stays_in_its_budget_and_resumes() {
    QTemporaryDir dir;
    const auto model = Model::random(tiny_config(), {}, 3);
    const ModelSource source = [&] { return model; };
    const auto samples = counting_samples(60, 1);
    SearchOptions options;
    options.compress.format = {Storage::sparse_int8, 0.5};
    options.compress.threads = 1;
    options.compress.folder = std::filesystem::path(dir.path().toStdString()) / "a";
    options.evolution.generations = 12;
    options.evolution.stages = {{1, 64}, {1, 256}};
    const auto uniform = compress(source, samples, options.compress, {}, {});
    std::size_t generations = 0;
    const auto whole = search(source, samples, options, {},
                              [&](const SearchProgress& p) {
                                ++generations;
                                QVERIFY(p.bytes <= uniform.model->bytes());
                              },
                              {});
    QCOMPARE(generations, std::size_t{12});
    QVERIFY(whole.model->bytes() <= uniform.model->bytes());

    options.compress.folder = std::filesystem::path(dir.path().toStdString()) / "b";
    std::stop_source stop;
    const auto stopped = search(
        source, samples, options, {},
        [&](const SearchProgress& p) {
          if (p.generation == 5) stop.request_stop();
        },
        stop.get_token());
    QVERIFY(!stopped.model);
    std::size_t first = 0;
    const auto resumed = search(source, samples, options, {},
                                [&](const SearchProgress& p) {
                                  if (first == 0) first = p.generation;
                                },
                                {});
    QCOMPARE(first, std::size_t{6});
    for (const auto& name : linear_names(model->config()))
      QCOMPARE(dense(*linear_by_name(*resumed.model, name)),
               dense(*linear_by_name(*whole.model, name)));

    options.evolution.budget = 100;
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, search(source, samples, options, {}, {}, {}));
  }
};

QTEST_APPLESS_MAIN(TestCompressSearch)
#include "test_compress_search.moc"

#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <random>

#include "retrieval/cluster.h"
#include "retrieval/hybrid_index.h"

using namespace sancho;
using namespace sancho::retrieval;

namespace {

constexpr std::size_t dimension = 24;

std::vector<float> random_unit_vector(std::mt19937& random) {
  std::normal_distribution<float> normal;
  std::vector<float> v(dimension);
  for (float& x : v) x = normal(random);
  const float length = std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0f));
  for (float& x : v) x /= length;
  return v;
}

struct Stored {
  std::int64_t id;
  std::vector<float> vector;
};

std::vector<Stored> random_vectors(std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Stored> stored;
  for (std::size_t i = 0; i < n; ++i)
    stored.push_back({static_cast<std::int64_t>(7 * i + 3), random_unit_vector(random)});
  return stored;
}

VectorIndex index_of(const std::vector<Stored>& stored) {
  VectorIndex index(dimension);
  for (const auto& [id, vector] : stored) index.add(id, vector);
  return index;
}

/// What the index must find, by looking at every vector.
std::vector<std::int64_t> brute_force(const std::vector<Stored>& stored,
                                      const std::vector<float>& query, std::size_t limit) {
  std::vector<std::pair<float, std::int64_t>> scores;
  for (const auto& [id, v] : stored)
    scores.emplace_back(-std::inner_product(v.begin(), v.end(), query.begin(), 0.0f), id);
  std::sort(scores.begin(), scores.end());
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < std::min(limit, scores.size()); ++i) ids.push_back(scores[i].second);
  return ids;
}

std::vector<std::int64_t> ids_of(const std::vector<VectorHit>& hits) {
  std::vector<std::int64_t> ids;
  for (const auto& hit : hits) ids.push_back(hit.id);
  return ids;
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

class TestRetrieval : public QObject {
  Q_OBJECT

 private slots:
  void index_agrees_with_brute_force() {
    const auto stored = random_vectors(500, 1);
    const auto index = index_of(stored);
    for (const auto& [id, query] : random_vectors(20, 2))
      QCOMPARE(ids_of(index.search(query, 10)), brute_force(stored, query, 10));
  }

  void a_stored_vector_is_its_own_nearest() {
    const auto stored = random_vectors(50, 3);
    const auto hits = index_of(stored).search(stored[17].vector, 1);
    QCOMPARE(hits.front().id, stored[17].id);
    QVERIFY(std::abs(hits.front().score - 1.0f) < 1e-5f);
  }

  void empty_index_finds_nothing() {
    const VectorIndex index(dimension);
    QVERIFY(index.search(std::vector<float>(dimension, 0.1f), 5).empty());
  }

  void the_same_id_is_refused_twice() {
    auto index = index_of(random_vectors(2, 4));
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument, index.add(3, std::vector<float>(dimension)));
    QCOMPARE(index.size(), std::size_t{2});
  }

  void vectors_of_another_size_are_refused() {
    auto index = index_of(random_vectors(2, 4));
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument, index.add(99, std::vector<float>(3)));
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument, index.search(std::vector<float>(3), 1));
  }

  void saved_index_finds_the_same() {
    QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("index").toStdString();
    const auto stored = random_vectors(100, 5);
    const auto saved = index_of(stored);
    saved.save(path, "print");
    const auto loaded = VectorIndex::load(path, "print", dimension);
    QCOMPARE(loaded.size(), saved.size());
    QVERIFY(loaded.contains(stored.back().id));
    QVERIFY(!loaded.contains(1));
    QCOMPARE(ids_of(loaded.search(stored[0].vector, 7)), ids_of(saved.search(stored[0].vector, 7)));
  }

  void an_empty_index_can_be_kept() {
    QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("index").toStdString();
    VectorIndex(dimension).save(path, "print");
    QCOMPARE(VectorIndex::load(path, "print", dimension).size(), std::size_t{0});
  }

  void index_of_another_model_is_refused() {
    QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("index").toStdString();
    index_of(random_vectors(5, 6)).save(path, "print");
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, VectorIndex::load(path, "other", dimension));
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, VectorIndex::load(path, "print", dimension + 1));
  }

  void damage_anywhere_is_noticed() {
    QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("index").toStdString();
    index_of(random_vectors(5, 7)).save(path, "print");
    const std::string whole = bytes_of(path);
    for (const std::size_t cut :
         {whole.size() - 1, whole.size() / 2, std::size_t{9}, std::size_t{0}}) {
      write_bytes(path, whole.substr(0, cut));
      QVERIFY_THROWS_EXCEPTION(std::runtime_error, VectorIndex::load(path, "print", dimension));
    }
    std::string flipped = whole;
    flipped[flipped.size() - 3] = static_cast<char>(flipped[flipped.size() - 3] ^ 1);
    write_bytes(path, flipped);
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, VectorIndex::load(path, "print", dimension));
  }

  void fusion_adds_the_scores() {
    const std::vector<VectorHit> vectors{{1, 0.9f}, {2, 0.75f}, {3, -0.5f}};
    const std::vector<std::pair<std::int64_t, double>> words{{2, 5.0}, {3, 4.0}, {4, 1.0}};
    const auto hits = fuse(vectors, words, 10, {.vector_weight = 0.5});
    QCOMPARE(hits.size(), std::size_t{4});
    QCOMPARE(hits[0].id, 2);
    QCOMPARE(hits[0].score, 1.0 + 0.5 * 0.75);
    QCOMPARE(hits[0].cosine, 0.75f);
    QCOMPARE(hits[0].word_score, 5.0);
    QCOMPARE(hits[1].id, 3);
    QCOMPARE(hits[1].score, 0.8);
    QCOMPARE(hits[2].id, 1);
    QCOMPARE(hits[2].word_score, 0.0);
    QCOMPARE(hits[3].cosine, 0.0f);
  }

  void fusion_weights_and_limits() {
    const std::vector<VectorHit> vectors{{1, 0.9f}, {2, 0.1f}, {3, 0.05f}};
    const std::vector<std::pair<std::int64_t, double>> words{{2, 5.0}};
    QCOMPARE(fuse(vectors, words, 1, {.vector_weight = 1.0}).front().id, 2);
    QCOMPARE(fuse(vectors, words, 1, {.vector_weight = 2.0}).front().id, 1);
    QCOMPARE(fuse(vectors, words, 1).size(), std::size_t{1});
    QCOMPARE(fuse(vectors, words, 9, {.least_cosine = 0.2f}).size(), std::size_t{2});
    QVERIFY(fuse({}, {}, 5).empty());
  }

  void two_heaps_are_two_clusters() {
    std::mt19937 random(8);
    std::normal_distribution<float> noise(0, 0.01f);
    std::vector<float> points;
    for (int i = 0; i < 40; ++i)
      for (int d = 0; d < 6; ++d) points.push_back((i < 20 ? 1.0f : -1.0f) + noise(random));
    const auto labels = cluster({points.data(), 40, 6}, 2, 0.9, 1);
    for (std::size_t i = 0; i < 40; ++i) QCOMPARE(labels[i] == labels[0], i < 20);
    QCOMPARE(cluster({points.data(), 40, 6}, 2, 0.9, 1), labels);
  }

  void fewer_points_than_dimensions_are_clustered_too() {
    std::vector<float> points(6 * 50);
    for (std::size_t i = 0; i < 6; ++i)
      points[i * 50 + i % 2] = 1.0f + 0.01f * static_cast<float>(i);
    const auto labels = cluster({points.data(), 6, 50}, 2, 0.9, 1);
    for (std::size_t i = 0; i < 6; ++i) QCOMPARE(labels[i] == labels[0], i % 2 == 0);
  }
};

QTEST_GUILESS_MAIN(TestRetrieval)
#include "test_retrieval.moc"

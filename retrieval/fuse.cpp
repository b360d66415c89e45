#include <algorithm>
#include <unordered_map>

#include "retrieval/hybrid_index.h"

namespace sancho::retrieval {

std::vector<FusedHit> fuse(std::span<const VectorHit> by_vector,
                           std::span<const std::pair<std::int64_t, double>> by_words,
                           std::size_t limit, double vector_weight, double word_weight) {
  constexpr double k = 60;
  std::unordered_map<std::int64_t, FusedHit> found;
  double rank = 0;
  for (const auto& [id, score] : by_vector) {
    auto& hit = found[id];
    hit.score += vector_weight / (k + ++rank);
    hit.cosine = score;
  }
  rank = 0;
  for (const auto& [id, score] : by_words) {
    auto& hit = found[id];
    hit.score += word_weight / (k + ++rank);
    hit.word_score = score;
  }

  std::vector<FusedHit> hits;
  hits.reserve(found.size());
  for (auto& [id, hit] : found) {
    hit.id = id;
    hits.push_back(hit);
  }
  std::sort(hits.begin(), hits.end(), [](const FusedHit& a, const FusedHit& b) {
    return a.score != b.score ? a.score > b.score : a.id < b.id;
  });
  hits.resize(std::min(limit, hits.size()));
  return hits;
}

}  // namespace sancho::retrieval

#include <algorithm>
#include <unordered_map>

#include "retrieval/hybrid_index.h"

namespace sancho::retrieval {

std::vector<FusedHit> fuse(std::span<const VectorHit> by_vector,
                           std::span<const std::pair<std::int64_t, double>> by_words,
                           std::size_t limit, const FusionOptions& options) {
  std::unordered_map<std::int64_t, FusedHit> found;
  const double best = by_words.empty() ? 0 : by_words.front().second;
  for (const auto& [id, score] : by_words) {
    auto& hit = found[id];
    hit.word_score = score;
    hit.score = best > 0 ? score / best : 0;
  }
  for (const auto& [id, cosine] : by_vector) {
    const auto known = found.find(id);
    if (known == found.end() && cosine < options.least_cosine) continue;
    auto& hit = known == found.end() ? found[id] : known->second;
    hit.cosine = cosine;
    hit.score += options.vector_weight * std::max(0.0, static_cast<double>(cosine));
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

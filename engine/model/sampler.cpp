#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "engine/model/generator.h"

namespace sancho::engine {

namespace {

/// Spreads a seed over a generator's state (Steele, Lea & Flood 2014).
std::uint64_t splitmix64(std::uint64_t& state) {
  std::uint64_t z = state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/// xoshiro256++ (Blackman & Vigna 2019).
std::uint64_t next(std::uint64_t (&s)[4]) {
  const std::uint64_t result = std::rotl(s[0] + s[3], 23) + s[0];
  const std::uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = std::rotl(s[3], 45);
  return result;
}

double uniform(std::uint64_t (&state)[4]) {
  return static_cast<double>(next(state) >> 11) * 0x1p-53;
}

using Candidate = std::pair<float, TokenId>;

/// More likely first; ties by id, so that the order is the same everywhere.
bool before(const Candidate& a, const Candidate& b) {
  return a.first != b.first ? a.first > b.first : a.second < b.second;
}

}  // namespace

Sampler::Sampler(const SamplerOptions& options) : options_(options) {
  std::uint64_t seed = options.seed;
  for (std::uint64_t& word : state_) word = splitmix64(seed);
}

TokenId Sampler::sample(std::span<const float> logits, std::span<const TokenId> recent) {
  candidates_.clear();
  for (std::size_t i = 0; i < logits.size(); ++i)
    candidates_.emplace_back(
        std::isnan(logits[i]) ? -std::numeric_limits<float>::infinity() : logits[i],
        static_cast<TokenId>(i));
  if (options_.repetition_penalty != 1.0f)  // Keskar et al. 2019
    for (const TokenId id : recent) {
      const auto i = static_cast<std::size_t>(id);
      if (id < 0 || i >= logits.size()) continue;
      candidates_[i].first = logits[i] > 0 ? logits[i] / options_.repetition_penalty
                                           : logits[i] * options_.repetition_penalty;
    }
  const auto best = std::ranges::min_element(candidates_, before);
  if (best == candidates_.end()) return -1;
  if (options_.temperature <= 0 || !std::isfinite(best->first)) return best->second;

  std::size_t kept = candidates_.size();
  if (options_.top_k > 0) kept = std::min(kept, static_cast<std::size_t>(options_.top_k));
  const auto kept_end = candidates_.begin() + static_cast<std::ptrdiff_t>(kept);
  std::partial_sort(candidates_.begin(), kept_end, candidates_.end(), before);
  candidates_.erase(kept_end, candidates_.end());

  const float highest = candidates_.front().first;
  double total = 0;
  for (Candidate& candidate : candidates_) {
    candidate.first = std::exp((candidate.first - highest) / options_.temperature);
    total += candidate.first;
  }
  double nucleus = 0;  // Holtzman et al. 2020: the fewest tokens that hold top_p together
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    nucleus += candidates_[i].first;
    if (nucleus >= static_cast<double>(options_.top_p) * total) candidates_.resize(i + 1);
  }
  double left = uniform(state_) * nucleus;
  for (const Candidate& candidate : candidates_) {
    left -= candidate.first;
    if (left < 0) return candidate.second;
  }
  return candidates_.back().second;
}

}  // namespace sancho::engine

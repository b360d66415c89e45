#include "core/evaluate/style_classifier.h"

#include <cmath>
#include <cstdint>

namespace sancho::core {
namespace {

constexpr std::size_t buckets = 1 << 17;
constexpr std::size_t shortest = 2, longest = 4;
constexpr double prior = 0.5;  // count that every n-gram starts with

template <class Visit>
void for_each_ngram(std::string_view text, const Visit& visit) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::uint32_t hash = 2166136261u;
    for (std::size_t n = 1; n <= longest && i + n <= text.size(); ++n) {
      hash = (hash ^ static_cast<unsigned char>(text[i + n - 1])) * 16777619u;
      if (n >= shortest) visit((hash ^ (hash >> 15)) % buckets);
    }
  }
}

std::vector<double> shares(std::span<const std::string> texts) {
  std::vector<double> counts(buckets, prior);
  double total = prior * buckets;
  for (const auto& text : texts)
    for_each_ngram(text, [&](std::size_t bucket) {
      counts[bucket] += 1;
      total += 1;
    });
  for (double& count : counts) count /= total;
  return counts;
}

}  // namespace

StyleClassifier::StyleClassifier(std::span<const std::string> user,
                                 std::span<const std::string> others)
    : odds_(buckets) {
  const auto of_user = shares(user), of_others = shares(others);
  for (std::size_t i = 0; i < buckets; ++i)
    odds_[i] = static_cast<float>(std::log(of_user[i] / of_others[i]));
  const auto mean = [this](std::span<const std::string> texts) {
    double sum = 0;
    for (const auto& text : texts) sum += log_odds(text);
    return texts.empty() ? 0 : sum / static_cast<double>(texts.size());
  };
  threshold_ = (mean(user) + mean(others)) / 2;
}

double StyleClassifier::log_odds(std::string_view text) const {
  double sum = 0;
  std::size_t n = 0;
  for_each_ngram(text, [&](std::size_t bucket) {
    sum += static_cast<double>(odds_[bucket]);
    ++n;
  });
  return n == 0 ? 0 : sum / static_cast<double>(n);
}

double StyleClassifier::score(std::string_view text) const {
  return log_odds(text) - threshold_;
}

}  // namespace sancho::core

#include "engine/model/likelihood.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sancho::engine {

namespace {

constexpr std::size_t tokens_per_read = 64;  // bounds the logits held at once

/// log softmax(logits)[token], in double.
double log_probability(std::span<const float> logits, TokenId token) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit) - largest);
  return static_cast<double>(logits[static_cast<std::size_t>(token)]) - (largest + std::log(sum));
}

}  // namespace

std::vector<double> token_log_likelihoods(Session& session, std::span<const TokenId> tokens,
                                          std::size_t from, std::stop_token stop) {
  const auto known = session.tokens();
  const auto differs = std::ranges::mismatch(known, tokens.first(std::min(from, tokens.size())));
  const auto shared = static_cast<std::size_t>(differs.in1 - known.begin());
  const std::size_t first = std::min(shared, from - 1);
  session.truncate(first);
  std::vector<double> all;
  for (std::size_t begin = first; begin + 1 < tokens.size(); begin += tokens_per_read) {
    if (stop.stop_requested()) break;
    const std::size_t count = std::min(tokens_per_read, tokens.size() - 1 - begin);
    const auto logits = session.read_all(tokens.subspan(begin, count));
    for (std::size_t row = 0; row < count; ++row)
      if (const std::size_t next = begin + row + 1; next >= from)
        all.push_back(log_probability(logits.row(row), tokens[next]));
  }
  return all;
}

double log_likelihood(Session& session, std::span<const TokenId> tokens, std::size_t from,
                      std::stop_token stop) {
  const auto all = token_log_likelihoods(session, tokens, from, stop);
  return std::accumulate(all.begin(), all.end(), 0.0);
}

}  // namespace sancho::engine

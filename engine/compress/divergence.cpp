#include "engine/compress/divergence.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sancho::engine {
namespace {

std::size_t longest_of(const std::vector<std::vector<TokenId>>& samples) {
  std::size_t longest = 1;
  for (const auto& sample : samples) longest = std::max(longest, sample.size());
  return longest;
}

/// log Σ exp(logits).
double log_sum(std::span<const float> logits) {
  const double largest = static_cast<double>(*std::ranges::max_element(logits));
  double sum = 0;
  for (const float x : logits) sum += std::exp(static_cast<double>(x) - largest);
  return largest + std::log(sum);
}

}  // namespace

Divergence::Divergence(std::shared_ptr<const Model> teacher,
                       std::vector<std::vector<TokenId>> samples, std::size_t kept,
                       std::shared_ptr<ThreadPool> pool)
    : teacher_(std::move(teacher)),
      samples_(std::move(samples)),
      kept_(std::min(kept, teacher_->config().vocab_size)),
      longest_(longest_of(samples_)),
      pool_(std::move(pool)),
      teacher_session_(teacher_, pool_, longest_) {}

const Divergence::Prediction& Divergence::prediction(std::size_t sample) {
  const auto known = predictions_.find(sample);
  if (known != predictions_.end()) return known->second;
  const auto& tokens = samples_[sample];
  teacher_session_.truncate(0);
  const auto logits = teacher_session_.read_all(tokens);
  Prediction made{std::vector<TokenId>(tokens.size() * kept_),
                  std::vector<float>(tokens.size() * kept_)};
  pool_->parallel_for(tokens.size(), 1, [&](std::size_t begin, std::size_t end, unsigned) {
    std::vector<TokenId> order(logits.cols);
    for (std::size_t t = begin; t < end; ++t) {
      const auto row = logits.row(t);
      const auto at = [&](TokenId id) { return row[static_cast<std::size_t>(id)]; };
      std::iota(order.begin(), order.end(), TokenId{0});
      std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept_),
                        order.end(), [&](TokenId a, TokenId b) { return at(a) > at(b); });
      const double whole = log_sum(row);
      for (std::size_t k = 0; k < kept_; ++k) {
        made.ids[t * kept_ + k] = order[k];
        made.log_probs[t * kept_ + k] =
            static_cast<float>(static_cast<double>(at(order[k])) - whole);
      }
    }
  });
  return predictions_.emplace(sample, std::move(made)).first->second;
}

TokenMean Divergence::measure(const std::shared_ptr<const Model>& student,
                              std::span<const std::size_t> samples, std::stop_token stop) {
  Session session(student, pool_, longest_);
  TokenMean result;
  for (const std::size_t sample : samples) {
    if (stop.stop_requested()) break;
    const Prediction& teacher = prediction(sample);
    session.truncate(0);
    const auto logits = session.read_all(samples_[sample]);
    std::vector<double> sums(logits.rows);
    pool_->parallel_for(logits.rows, 1, [&](std::size_t begin, std::size_t end, unsigned) {
      for (std::size_t t = begin; t < end; ++t) {
        const double whole = log_sum(logits.row(t));
        double rest_teacher = 1, rest_student = 1;
        for (std::size_t k = 0; k < kept_; ++k) {
          const auto id = static_cast<std::size_t>(teacher.ids[t * kept_ + k]);
          const double p = static_cast<double>(teacher.log_probs[t * kept_ + k]);
          const double q = static_cast<double>(logits(t, id)) - whole;
          sums[t] += std::exp(p) * (p - q);
          rest_teacher -= std::exp(p);
          rest_student -= std::exp(q);
        }
        if (kept_ < logits.cols && rest_teacher > 1e-9 && rest_student > 1e-9)
          sums[t] += rest_teacher * std::log(rest_teacher / rest_student);
      }
    });
    result.sum += std::accumulate(sums.begin(), sums.end(), 0.0);
    result.tokens += logits.rows;
  }
  return result;
}

}  // namespace sancho::engine

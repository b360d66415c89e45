#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/kernels/thread_pool.h"
#include "engine/model/model.h"
#include "engine/model/session.h"

namespace sancho::engine {

/// Mean over some tokens.
struct TokenMean {
  double sum = 0;
  std::size_t tokens = 0;
  double mean() const { return tokens ? sum / static_cast<double>(tokens) : 0; }
};

/// Measures how far a model's predictions are from those of the model it was made from, over a set
/// of texts: KL(teacher ‖ student) per token in nats. Of each prediction of the teacher the
/// `kept` likeliest tokens are remembered, the rest counts as one; with all of them kept the
/// divergence is exact, else a lower bound.
class Divergence {
 public:
  Divergence(std::shared_ptr<const Model> teacher, std::vector<std::vector<TokenId>> samples,
             std::size_t kept, std::shared_ptr<ThreadPool> pool);

  const std::vector<std::vector<TokenId>>& samples() const { return samples_; }
  /// Over the samples of these numbers. A stop request ends it early.
  TokenMean measure(const std::shared_ptr<const Model>& student,
                    std::span<const std::size_t> samples, std::stop_token stop = {});

 private:
  struct Prediction {
    std::vector<TokenId> ids;      // [tokens, kept], likeliest first
    std::vector<float> log_probs;  // [tokens, kept]
  };
  const Prediction& prediction(std::size_t sample);

  std::shared_ptr<const Model> teacher_;
  std::vector<std::vector<TokenId>> samples_;
  std::size_t kept_, longest_ = 0;
  std::shared_ptr<ThreadPool> pool_;
  Session teacher_session_;
  std::map<std::size_t, Prediction> predictions_;
};

}  // namespace sancho::engine

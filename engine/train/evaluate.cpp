#include <algorithm>
#include <cmath>

#include "engine/model/session.h"
#include "engine/train/rows.h"
#include "engine/train/trainer.h"

namespace sancho::engine {

LossResult evaluate_loss(std::shared_ptr<const Model> model, std::span<const TrainSample> samples,
                         unsigned threads, std::stop_token stop) {
  const std::size_t limit = model->config().max_position_embeddings;
  std::size_t longest = 1;
  for (const TrainSample& s : samples) longest = std::max(longest, s.tokens.size());
  Session session(model, std::make_shared<ThreadPool>(threads), std::min(longest, limit));

  LossResult result;
  std::vector<float> row(model->config().vocab_size);
  for (const TrainSample& sample : samples) {
    if (stop.stop_requested()) break;
    const std::size_t length = std::min(sample.tokens.size(), limit);
    const std::size_t from = std::max<std::size_t>(sample.loss_from, 1);
    if (length <= from) continue;
    session.truncate(0);
    const auto logits = session.read_all(std::span(sample.tokens).first(length - 1));
    for (std::size_t i = from; i < length; ++i) {
      std::ranges::copy(logits.row(i - 1), row.begin());
      const auto target = static_cast<std::size_t>(sample.tokens[i]);
      if (target >= row.size())
        throw std::invalid_argument("A sample holds a token that the model does not know.");
      const float logit = row[target];
      result.nll_sum += static_cast<double>(rows::softmax(row.data(), 1.0f, row.size()) - logit);
      ++result.tokens;
    }
  }
  return result;
}

}  // namespace sancho::engine

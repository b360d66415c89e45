#pragma once

#include <random>
#include <vector>

#include "engine/model/model_builder.h"
#include "engine/model/session.h"
#include "engine/train/trainer.h"

namespace sancho::engine::testing {

/// A decoder small enough for tests, with more query than key heads.
inline ModelConfig tiny_config(bool tied = true) {
  ModelConfig c;
  c.vocab_size = 31;
  c.hidden_size = 16;
  c.intermediate_size = 24;
  c.num_hidden_layers = 2;
  c.num_attention_heads = 4;
  c.num_key_value_heads = 2;
  c.head_dim = 4;
  c.max_position_embeddings = 128;
  c.tie_word_embeddings = tied;
  return c;
}

/// Counting sequences from random starts: quickly learnt.
inline std::vector<TrainSample> counting_samples(std::size_t count, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<TrainSample> samples;
  for (std::size_t i = 0; i < count; ++i) {
    TrainSample sample;
    const auto length = 5 + random() % 30, first = random() % 31, step = 1 + random() % 3;
    for (std::uint32_t t = 0; t < length; ++t)
      sample.tokens.push_back(static_cast<TokenId>((first + t * step) % 31));
    sample.loss_from = 1 + static_cast<std::uint32_t>(random() % 3);
    samples.push_back(sample);
  }
  return samples;
}

inline TrainOptions quick_options() {
  TrainOptions o;
  o.method = TrainMethod::full;
  o.optimizer = OptimizerKind::adamw;
  o.learning_rate = 1e-2;
  o.warmup_steps = 2;
  o.batch_tokens = 256;
  o.max_steps = 40;
  o.threads = 2;
  return o;
}

/// The weights of a layer as numbers, row by row.
inline std::vector<float> dense(const Model& model, const std::string& name) {
  const auto linear = linear_by_name(model, name);
  std::vector<float> w(linear->out_features() * linear->in_features());
  linear->to_dense({w.data(), linear->out_features(), linear->in_features()});
  return w;
}

/// Of every token of a short text, one row after the other.
inline std::vector<float> logits(std::shared_ptr<const Model> model) {
  Session session(std::move(model), std::make_shared<ThreadPool>(1), 64);
  const std::vector<TokenId> tokens{3, 14, 15, 9, 26, 5, 3, 5, 8, 9, 7};
  const auto rows = session.read_all(tokens);
  std::vector<float> out;
  for (std::size_t r = 0; r < rows.rows; ++r)
    out.insert(out.end(), rows.row(r).begin(), rows.row(r).end());
  return out;
}

}  // namespace sancho::engine::testing

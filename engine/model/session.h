#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/kernels/attention.h"
#include "engine/kernels/thread_pool.h"
#include "engine/model/model.h"

namespace sancho::engine {

/// One sequence being read or written by a model: its KV cache and scratch memory. Not thread-safe;
/// any number of sessions may share a model and a pool. Logits do not depend on how the text was
/// cut into reads.
class Session {
 public:
  /// Room for `max_tokens` positions (at most the config's max_position_embeddings). Keys and
  /// values in 8 bits change the built-in model's perplexity by a few hundredths of a percent and
  /// halve what attention reads.
  Session(std::shared_ptr<const Model> model, std::shared_ptr<ThreadPool> pool,
          std::size_t max_tokens, KvFormat kv_format = KvFormat::int8);
  ~Session();

  const Model& model() const;
  const std::shared_ptr<const Model>& shared_model() const;
  const std::shared_ptr<ThreadPool>& pool() const;
  /// The tokens in the cache, and how many they are.
  std::span<const TokenId> tokens() const;
  std::size_t position() const;
  /// Room for so many tokens in all.
  std::size_t capacity() const;
  /// Forgets everything from `position` on, so that a common prefix is read once.
  void truncate(std::size_t position);

  /// Reads `tokens` and returns the logits after the last one, `[vocab]`, valid until the next
  /// call. Throws std::length_error when the cache is full, std::invalid_argument on a bad id or no
  /// token at all; the cache is then as before. On a stop request, which is looked at between
  /// blocks, returns nothing; the cache holds some of the tokens, those of `tokens()`.
  std::span<const float> read(std::span<const TokenId> tokens, std::stop_token stop = {});
  /// Reads `tokens` and returns the logits after each, `[tokens, vocab]`, valid until the next
  /// call.
  MatrixView<const float> read_all(std::span<const TokenId> tokens);
  /// Reads `tokens` and returns the final normalised hidden states, `[tokens, hidden]`.
  MatrixView<const float> hidden_states(std::span<const TokenId> tokens);
  /// Reads `tokens` and returns the mean of the residual stream after the last block, before the
  /// final norm, over the tokens from `first` on, `[hidden]`: what an encoder makes of a text.
  std::vector<float> mean_state(std::span<const TokenId> tokens, std::size_t first);

 private:
  friend class BatchSession;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sancho::engine

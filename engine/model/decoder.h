#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/kernels/thread_pool.h"
#include "engine/model/kv_cache.h"
#include "engine/model/model.h"
#include "engine/model/rotary_table.h"
#include "engine/weights/activations.h"

namespace sancho::engine {

/// New tokens of one sequence in a pass through the model: they take positions from `position` on.
struct NewTokens {
  KvCache* cache = nullptr;
  std::size_t position = 0;
  std::span<const TokenId> ids;
};

/// The way of tokens through a model's blocks, for one sequence or several at once, with the
/// scratch memory that it takes. A token's numbers do not depend on what else is in the pass.
class Decoder {
 public:
  Decoder(std::shared_ptr<const Model> model, std::shared_ptr<ThreadPool> pool);
  ~Decoder();
  Decoder(Decoder&&) noexcept;

  /// Tokens that may go through the model in one pass: enough to use a layer's weights well, few
  /// enough that a stop request is heard soon.
  std::size_t most_tokens() const { return most_tokens_; }

  /// Reads the tokens of all `sequences` and returns the residual stream after the last block, one
  /// row per token in their order, valid until the next call. No rows on a stop request; the caches
  /// may then hold keys and values of tokens that were not read to the end.
  MatrixView<float> run(std::span<const NewTokens> sequences, const std::stop_token& stop);
  /// The final norm of `x` in place.
  void finish(MatrixView<float> x);
  /// Logits `[x.rows, vocab]` of finished rows.
  void logits(MatrixView<const float> x, MatrixView<float> out);

  const std::shared_ptr<const Model>& model() const { return model_; }
  const std::shared_ptr<ThreadPool>& pool() const { return pool_; }

 private:
  using Rows = MatrixView<float>;
  struct HeadWork;

  /// Memory for a matrix that only grows.
  struct Scratch {
    AlignedBuffer<float> memory;
    Rows rows(std::size_t rows, std::size_t cols);
  };

  void embed(std::span<const NewTokens> sequences, const Rows& x);
  bool run_block(std::size_t index, std::span<const NewTokens> sequences, const Rows& x,
                 const std::stop_token& stop);
  void attention(std::size_t layer, std::span<const NewTokens> sequences, const Rows& q,
                 const Rows& k, const Rows& v, const Rows& out);
  void rotate_and_store(std::size_t layer, const HeadWork& work, const Rows& q, const Rows& k,
                        const Rows& v);
  void attend(std::size_t layer, const HeadWork& work, const Rows& q, const Rows& out);
  void gated_product(const DecoderLayer& layer, const Rows& y, const Rows& g, const Rows& u);
  void add(const Rows& x, const Rows& delta);
  void norm(const Rows& x, const AlignedBuffer<float>& weight, const Rows& out);

  std::shared_ptr<const Model> model_;
  std::shared_ptr<ThreadPool> pool_;
  const ModelConfig& config_;
  std::size_t most_tokens_;
  RotaryTable rotary_;
  Activations input_;
  Scratch hidden_, normed_, queries_, keys_, values_, attended_, gate_, up_, delta_;
};

}  // namespace sancho::engine

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>

#include "engine/model/session.h"

namespace sancho::engine {

/// Sequences of one model that are written side by side, one token of each per step, so that every
/// weight is read once for all of them. The logits of a sequence are, bit for bit, those of a
/// Session that reads the same tokens. Not thread-safe.
class BatchSession {
 public:
  BatchSession(std::shared_ptr<const Model> model, std::shared_ptr<ThreadPool> pool);
  ~BatchSession();

  /// Adds a sequence, the last one, that goes on from where `session` is, with the same capacity.
  /// What is in the cache is shared, not copied. `session` must be of the same model.
  void add(const Session& session);
  /// Sequences that are being written.
  std::size_t size() const;
  /// The tokens of one sequence, the shared ones included.
  std::span<const TokenId> tokens(std::size_t sequence) const;
  std::size_t capacity(std::size_t sequence) const;
  /// Ends a sequence; those behind it move up by one.
  void drop(std::size_t sequence);

  /// Reads one token of each sequence and returns the logits `[size(), vocab]`, valid until the
  /// next call. Throws as Session::read does, and changes nothing then. On a stop request returns
  /// no rows, and no sequence has moved.
  MatrixView<const float> read(std::span<const TokenId> next, std::stop_token stop = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sancho::engine

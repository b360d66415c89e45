#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/model/kv_cache.h"
#include "engine/text/tokenizer.h"

namespace sancho::engine {

/// A text and what a model remembers of it. A copy shares the memory.
struct Sequence {
  KvCache cache;
  std::vector<TokenId> ids;  // in the cache
  std::size_t capacity = 0;  // tokens

  /// Throws std::length_error or std::invalid_argument where `tokens` cannot follow.
  void check(std::span<const TokenId> tokens, std::size_t vocab_size) const;
  void truncate(std::size_t position);
};

}  // namespace sancho::engine

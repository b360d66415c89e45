#include "engine/model/sequence.h"

#include <stdexcept>
#include <string>

namespace sancho::engine {

void Sequence::check(std::span<const TokenId> tokens, std::size_t vocab_size) const {
  if (tokens.size() > capacity - ids.size())
    throw std::length_error("The text is too long for the model: there is room for " +
                            std::to_string(capacity) + " tokens.");
  for (const TokenId id : tokens)
    if (id < 0 || static_cast<std::size_t>(id) >= vocab_size)
      throw std::invalid_argument("Token " + std::to_string(id) + " is outside the vocabulary.");
}

void Sequence::truncate(std::size_t position) {
  if (position >= ids.size()) return;
  ids.resize(position);
  cache.truncate(position);
}

}  // namespace sancho::engine

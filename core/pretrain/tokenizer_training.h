#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/text/tokenizer.h"

namespace sancho::core {

/// Trains a sentencepiece BPE tokenizer on `texts`: nothing normalised, no dummy prefix, single
/// digits, bytes for what no piece covers, "\n" a piece of its own, the prompt's control symbols.
/// Throws std::runtime_error with the trainer's reason.
engine::Tokenizer train_tokenizer(const std::vector<std::string>& texts, std::size_t vocab_size,
                                  unsigned threads);

}  // namespace sancho::core

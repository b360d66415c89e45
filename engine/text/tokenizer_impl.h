#pragma once

#include <sentencepiece_processor.h>

#include "engine/text/tokenizer.h"

namespace sancho::engine {

/// How sentencepiece writes a space inside a piece.
inline constexpr std::string_view space_piece = "\u2581";

struct Tokenizer::Impl {
  sentencepiece::SentencePieceProcessor processor;
  std::string unknown_text;            // what the unknown token decodes to
  bool strips_first_space = false;     // the first piece loses a leading space
  bool strips_leading_spaces = false;  // every piece does, until there is text

  bool contains(TokenId id) const { return id >= 0 && id < processor.GetPieceSize(); }
};

}  // namespace sancho::engine

#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/text/tokenizer.h"

namespace sancho::core {

/// Leans a draft towards finishing a word that the instruction has, once its beginning is written:
/// small models lose the thread of rare names. Contextual biasing, as speech recognisers do it
/// (Pundak et al. 2018), within words only.
class CopyBias {
 public:
  /// `pieces`: the text of every piece, as piece_texts gives them; must outlive the bias.
  CopyBias(const engine::Tokenizer& tokenizer, const std::vector<std::string>& pieces,
           const std::string& instruction);

  /// `written`: the draft so far, without the prompt. Raises the logits `[vocab]` of pieces that go
  /// on with a word of the instruction.
  void lean(std::span<const engine::TokenId> written, std::span<float> logits) const;

 private:
  using Pieces = std::vector<engine::TokenId>;
  bool begins_word(engine::TokenId id) const;

  const std::vector<std::string>& texts_;
  std::map<Pieces, Pieces> next_;  // a word's beginning → what goes on with it
};

}  // namespace sancho::core

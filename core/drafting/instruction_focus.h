#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/model/session.h"

namespace sancho::core {

/// Moves `logits` `[vocab]` away from `without`, the logits of the same text where nothing was
/// asked for: what the prompt speaks for gains by `strength`, what one writes anyway loses. Tokens
/// less than a tenth as likely as the likeliest gain nothing and lose their chance (context-aware
/// decoding, Shi et al. 2023, with the plausibility bound of contrastive decoding, Li et al. 2022).
void contrast(std::span<float> logits, std::span<const float> without, float strength);

/// Keeps one candidate to its prompt while it is written, at the price of reading every token of
/// it twice: small models drift from a note that they do not know to what they have often written.
class InstructionFocus {
 public:
  /// `silent_prompt`: the prompt without what it asks for. Room for `room` tokens written.
  InstructionFocus(std::shared_ptr<const engine::Model> model,
                   std::shared_ptr<engine::ThreadPool> pool,
                   std::vector<engine::TokenId> silent_prompt, std::size_t room);

  /// `written`: the candidate so far, which has grown by one token since the last call.
  void sharpen(std::span<const engine::TokenId> written, std::span<float> logits);

 private:
  std::vector<engine::TokenId> silent_prompt_;
  engine::Session session_;
};

}  // namespace sancho::core

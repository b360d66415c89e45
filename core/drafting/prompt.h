#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/text/tokenizer.h"
#include "engine/train/dataset.h"

namespace sancho::core {

/// Everything a draft is written from.
struct PromptParts {
  std::string me;                    // the user's name and facts about them
  std::vector<std::string> related;  // most relevant first
  std::string incoming;              // the mail answered, newest words first cut last
  std::string to_name;
  std::string instruction;
};

/// A prompt with what fitted into it.
struct Prompt {
  std::vector<engine::TokenId> tokens;
  std::size_t related_used = 0;  // how many of `related` are in it
  bool incoming_cut = false;
};

/// Lays prompts out for one tokenizer. The built-in layout is control tokens with text between:
///   <s><|me|>…<|related|>…<|related|>…<|incoming|>…<|to|>…<|instruction|>…<|mail|>
/// then the model writes the mail, <|subject|>, the subject and </s>. A tokenizer without these
/// control tokens (an imported model) gets the same parts as a plain-text instruction prompt, after
/// Panza (FACTS §1.4), and stops at EOS.
class PromptLayout {
 public:
  explicit PromptLayout(const engine::Tokenizer& tokenizer);

  bool built_in() const;
  /// At most `budget` tokens; cuts related mail first, then the incoming mail's tail.
  Prompt build(const PromptParts& parts, std::size_t budget) const;
  /// Prompt + mail + subject + EOS, loss on everything after the prompt.
  engine::TrainSample sample(const PromptParts& parts, const std::string& mail,
                             const std::string& subject, std::size_t max_tokens) const;
  /// What a model reads to write the instruction of a mail: <s><|mail|>…<|instruction|>, at most
  /// `budget` tokens. Only for the built-in layout, as is the sample of it.
  std::vector<engine::TokenId> playback_prompt(const std::string& mail, std::size_t budget) const;
  /// Mail → instruction (data playback): <s><|mail|>…<|instruction|>…</s>, loss on the instruction.
  engine::TrainSample playback_sample(const std::string& mail, const std::string& instruction,
                                      std::size_t max_tokens) const;
  /// Tokens at which a draft ends: the subject marker or EOS.
  std::vector<engine::TokenId> stop_tokens() const;
  engine::TokenId subject_token() const;  // -1 where the layout has none

  /// The control symbols of the built-in layout, for tokenizer training, in id order.
  static std::vector<std::string> control_symbols();

 private:
  engine::Tokenizer tokenizer_;
  bool built_in_ = false;
  engine::TokenId me_ = -1, related_ = -1, incoming_ = -1, to_ = -1, instruction_ = -1, mail_ = -1,
                  subject_ = -1;
};

}  // namespace sancho::core

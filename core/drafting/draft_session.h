#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "core/drafting/instruction_model.h"
#include "core/drafting/prompt.h"
#include "engine/model/generator.h"

namespace sancho::core {

struct WrittenDraft {
  std::string body, subject;  // subject empty where the layout or the model gave none
  std::size_t prompt_tokens = 0, tokens = 0, related_used = 0;
  std::size_t cached_tokens = 0;  // of the prompt, read for an earlier draft
  double first_token_seconds = 0, tokens_per_second = 0;
  bool cancelled = false;
};

struct WritingOptions {
  engine::SamplerOptions sampler;
  std::size_t max_tokens = 400;  // of the body
  bool with_subject = true;      // let the model write a subject too
  /// So many drafts are written and the one that best does what it was told is kept. Where the
  /// model has the built-in layout, all but the first are kept to the prompt (InstructionFocus). A
  /// note that is an answer by itself (note_answer) is one candidate more.
  unsigned candidates = 1;
  /// How the mail opens ("Ann,") and the name it is signed with, where the model is not to choose.
  std::string opening;
  std::optional<std::string> signature;
  /// What may be said beside what the prompt says: names of reader and sender.
  std::string also_known;
};

/// Writes drafts with one model. Its cache lives on between drafts, so what two prompts share at
/// their start is read once. Nothing of it is kept on disk: role and writer, all that drafts of two
/// sessions share, are some 50 tokens, which a model of 1.1 billion parameters reads in a fifth of
/// a second, once, and the built-in one in hundredths.
class DraftSession {
 public:
  DraftSession(std::shared_ptr<const engine::Model> model,
               std::shared_ptr<engine::ThreadPool> pool);

  /// No four tokens are written twice. Numbers and days that neither the prompt nor `also_known`
  /// has cannot be written. `on_text` gets the body without space at its start: whole characters as
  /// they are written, or all of it at once where there are candidates to choose from or a
  /// signature to settle.
  WrittenDraft write(const PromptParts& parts, const WritingOptions& options,
                     const std::function<void(const std::string&)>& on_text = {},
                     std::stop_token stop = {});

  const PromptLayout& layout() const { return layout_; }
  const engine::Model& model() const { return *model_; }

 private:
  struct Candidate {
    std::string text;
    engine::GenerateResult written;
  };
  /// `text` as if the model had written it after `prompt`, whose last `opening` tokens are its
  /// first. Words that somebody chose are no oddity, however unlikely.
  Candidate read(std::span<const engine::TokenId> prompt, std::size_t opening, std::string text);

  std::shared_ptr<const engine::Model> model_;
  PromptLayout layout_;
  std::vector<std::string> pieces_;
  std::size_t room_;
  engine::Session session_;
  std::optional<InstructionModel> reader_;  // where the model can also read mail → instruction
};

}  // namespace sancho::core

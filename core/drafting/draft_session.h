#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "core/drafting/prompt.h"
#include "engine/model/generator.h"

namespace sancho::core {

struct WrittenDraft {
  std::string body, subject;  // subject empty where the layout or the model gave none
  std::size_t prompt_tokens = 0, tokens = 0, related_used = 0;
  double first_token_seconds = 0, tokens_per_second = 0;
  bool cancelled = false;
};

struct WritingOptions {
  engine::SamplerOptions sampler;
  std::size_t max_tokens = 400;  // of the body
  bool with_subject = true;      // let the model write a subject too
};

/// Writes drafts with one model. Its cache lives on between drafts, so what two prompts share at
/// their start is read once.
class DraftSession {
 public:
  DraftSession(std::shared_ptr<const engine::Model> model,
               std::shared_ptr<engine::ThreadPool> pool);

  /// `on_text` gets the body as it is written, whole characters only, without space at its start.
  WrittenDraft write(const PromptParts& parts, const WritingOptions& options,
                     const std::function<void(const std::string&)>& on_text = {},
                     std::stop_token stop = {});

  const PromptLayout& layout() const { return layout_; }
  const engine::Model& model() const { return *model_; }

 private:
  std::shared_ptr<const engine::Model> model_;
  PromptLayout layout_;
  std::size_t room_;
  engine::Session session_;
};

}  // namespace sancho::core

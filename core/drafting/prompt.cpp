#include "core/drafting/prompt.h"

#include <algorithm>
#include <span>
#include <string_view>

namespace sancho::core {

using engine::TokenId;

namespace {

constexpr std::size_t kRelatedTokens = 120;   // of each related mail
constexpr std::size_t kIncomingTokens = 192;  // of the mail answered, in the built-in layout

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// A piece of a prompt: a lead-in that is never cut and text whose tail may be.
struct Section {
  std::vector<TokenId> lead, text;

  bool empty() const { return text.empty(); }
  std::size_t size() const { return empty() ? 0 : lead.size() + text.size(); }
  /// Cuts the text so that the section takes at most `room` tokens; true where something was lost.
  bool cut_to(std::size_t room) {
    if (size() <= room) return false;
    text.resize(room > lead.size() ? room - lead.size() : 0);
    return true;
  }
  void append_to(std::vector<TokenId>& tokens) const {
    if (empty()) return;
    tokens.insert(tokens.end(), lead.begin(), lead.end());
    tokens.insert(tokens.end(), text.begin(), text.end());
  }
};

}  // namespace

std::vector<std::string> PromptLayout::control_symbols() {
  return {"<|me|>",          "<|related|>", "<|incoming|>", "<|to|>",
          "<|instruction|>", "<|mail|>",    "<|subject|>"};
}

PromptLayout::PromptLayout(const engine::Tokenizer& tokenizer) : tokenizer_(tokenizer) {
  TokenId* const ids[] = {&me_, &related_, &incoming_, &to_, &instruction_, &mail_, &subject_};
  const auto symbols = control_symbols();
  built_in_ = true;
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    const auto id = tokenizer_.piece_id(symbols[i]);
    built_in_ = built_in_ && id && tokenizer_.is_control(*id);
    *ids[i] = id.value_or(-1);
  }
  if (!built_in_)
    for (TokenId* id : ids) *id = -1;
}

bool PromptLayout::built_in() const {
  return built_in_;
}

engine::TokenId PromptLayout::subject_token() const {
  return subject_;
}

std::vector<TokenId> PromptLayout::stop_tokens() const {
  std::vector<TokenId> tokens{tokenizer_.eos_id()};
  if (built_in_) tokens.push_back(subject_);
  return tokens;
}

Prompt PromptLayout::build(const PromptParts& parts, std::size_t budget) const {
  const auto section = [&](TokenId control, const char* words, std::string_view text,
                           const char* tail = "\n\n") {
    text = trimmed(text);
    Section s;
    if (text.empty()) return s;
    s.lead = built_in_ ? std::vector<TokenId>{control} : tokenizer_.encode(words);
    s.text = tokenizer_.encode(built_in_ ? std::string(text) : std::string(text) + tail);
    return s;
  };

  std::vector<TokenId> opening{tokenizer_.bos_id()};
  if (opening.front() < 0) opening.clear();
  std::vector<TokenId> closing{mail_};
  if (!built_in_) {
    const auto role = tokenizer_.encode(
        "You write e-mails for the person described here, in their own style. Reply with the "
        "e-mail alone.\n\n");
    opening.insert(opening.end(), role.begin(), role.end());
    closing = tokenizer_.encode("E-mail:\n");
  }

  Section me = section(me_, "About the writer: ", parts.me);
  Section to = section(to_, "The e-mail goes to: ", parts.to_name);
  Section instruction = section(instruction_, "Instruction: ", parts.instruction);
  Section incoming =
      section(incoming_, "The e-mail being answered:\n", parts.incoming, "\n---\n\n");

  Prompt prompt;
  std::size_t room = budget - std::min(budget, opening.size() + closing.size());
  const auto take = [&room](Section& s) {
    const bool cut = s.cut_to(room);
    room -= std::min(room, s.size());
    return cut;
  };
  take(instruction);
  take(to);
  take(me);
  const bool capped = built_in_ && incoming.cut_to(kIncomingTokens);
  prompt.incoming_cut = take(incoming) || capped;

  std::vector<Section> related;
  for (const auto& mail : parts.related) {
    Section s = section(related_, "An earlier e-mail of the writer:\n", mail, "\n---\n\n");
    s.cut_to(kRelatedTokens);
    if (s.size() > room) break;
    room -= s.size();
    ++prompt.related_used;
    related.push_back(std::move(s));
  }

  prompt.tokens = std::move(opening);
  me.append_to(prompt.tokens);
  for (const auto& s : related) s.append_to(prompt.tokens);
  incoming.append_to(prompt.tokens);
  to.append_to(prompt.tokens);
  instruction.append_to(prompt.tokens);
  prompt.tokens.insert(prompt.tokens.end(), closing.begin(), closing.end());
  return prompt;
}

engine::TrainSample PromptLayout::sample(const PromptParts& parts, const std::string& mail,
                                         const std::string& subject, std::size_t max_tokens) const {
  std::vector<TokenId> target = tokenizer_.encode(trimmed(mail));
  if (built_in_ && !trimmed(subject).empty()) {
    const auto words = tokenizer_.encode(trimmed(subject));
    target.push_back(subject_);
    target.insert(target.end(), words.begin(), words.end());
  }
  target.push_back(tokenizer_.eos_id());

  // A mail of ordinary length keeps all of its words; the prompt keeps at least a third.
  const std::size_t prompt_room =
      std::max(max_tokens - std::min(max_tokens, target.size()), max_tokens / 3);
  Prompt prompt = build(parts, prompt_room);
  engine::TrainSample sample;
  sample.tokens = std::move(prompt.tokens);
  sample.loss_from = static_cast<std::uint32_t>(sample.tokens.size());
  sample.tokens.insert(sample.tokens.end(), target.begin(), target.end());
  if (sample.tokens.size() > max_tokens) sample.tokens.resize(max_tokens);
  return sample;
}

std::vector<TokenId> PromptLayout::playback_prompt(const std::string& mail,
                                                   std::size_t budget) const {
  auto written = tokenizer_.encode(trimmed(mail));
  written.resize(std::min(written.size(), budget - std::min<std::size_t>(budget, 3)));
  std::vector<TokenId> prompt{tokenizer_.bos_id(), mail_};
  prompt.insert(prompt.end(), written.begin(), written.end());
  prompt.push_back(instruction_);
  return prompt;
}

engine::TrainSample PromptLayout::playback_sample(const std::string& mail,
                                                  const std::string& instruction,
                                                  std::size_t max_tokens) const {
  const auto asked = tokenizer_.encode(trimmed(instruction));
  const std::size_t room = max_tokens - std::min(max_tokens, asked.size() + 1);
  engine::TrainSample sample;
  sample.tokens = playback_prompt(mail, room);
  sample.loss_from = static_cast<std::uint32_t>(sample.tokens.size());
  sample.tokens.insert(sample.tokens.end(), asked.begin(), asked.end());
  sample.tokens.push_back(tokenizer_.eos_id());
  if (sample.tokens.size() > max_tokens) sample.tokens.resize(max_tokens);
  return sample;
}

}  // namespace sancho::core

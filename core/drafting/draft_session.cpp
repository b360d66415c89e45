#include "core/drafting/draft_session.h"

#include <algorithm>
#include <string_view>

namespace sancho::core {
namespace {

constexpr std::size_t longest_context =
    2048;                                    // tokens: what a cache may take of a computer's memory
constexpr std::size_t longest_subject = 24;  // tokens

std::size_t room_of(const engine::Model& model) {
  return std::min(longest_context, model.config().max_position_embeddings);
}

constexpr std::string_view spaces = " \t\r\n";

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(spaces);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(spaces) - first + 1));
}

std::string first_line(const std::string& text) {
  const std::string line = trimmed(text);
  return trimmed(std::string_view(line).substr(0, line.find('\n')));
}

}  // namespace

DraftSession::DraftSession(std::shared_ptr<const engine::Model> model,
                           std::shared_ptr<engine::ThreadPool> pool)
    : model_(model),
      layout_(model->tokenizer()),
      room_(room_of(*model)),
      session_(model, std::move(pool), room_) {}

WrittenDraft DraftSession::write(const PromptParts& parts, const WritingOptions& options,
                                 const std::function<void(const std::string&)>& on_text,
                                 std::stop_token stop) {
  const std::size_t body_room = std::min(options.max_tokens, room_ / 2);
  const Prompt prompt = layout_.build(parts, room_ - body_room - longest_subject - 1);

  engine::GenerateOptions generation;
  generation.sampler = options.sampler;
  generation.max_new_tokens = body_room;
  generation.stop_tokens = layout_.stop_tokens();

  const engine::Tokenizer& tokenizer = model_->tokenizer();
  engine::StreamDecoder decoder(tokenizer);
  std::string body;
  const auto emit = [&](std::string text) {
    if (body.empty()) text.erase(0, std::min(text.find_first_not_of(spaces), text.size()));
    if (text.empty()) return;
    body += text;
    if (on_text) on_text(text);
  };
  const auto written = engine::generate(
      session_, prompt.tokens, generation,
      [&](engine::TokenId token) { emit(decoder.push(token)); }, stop);
  emit(decoder.finish());

  WrittenDraft draft;
  draft.body = trimmed(body);
  draft.prompt_tokens = prompt.tokens.size();
  draft.tokens = written.tokens.size();
  draft.related_used = prompt.related_used;
  draft.first_token_seconds = written.first_token_seconds;
  draft.tokens_per_second = written.tokens_per_second;
  draft.cancelled = written.finish == engine::FinishReason::cancelled;

  if (options.with_subject && layout_.subject_token() >= 0 && !draft.cancelled) {
    std::vector<engine::TokenId> context = prompt.tokens;
    context.insert(context.end(), written.tokens.begin(), written.tokens.end());
    context.push_back(layout_.subject_token());
    generation.max_new_tokens = longest_subject;
    const auto subject = engine::generate(session_, context, generation, {}, stop);
    draft.subject = first_line(tokenizer.decode(subject.tokens));
  }
  return draft;
}

}  // namespace sancho::core

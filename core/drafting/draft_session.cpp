#include "core/drafting/draft_session.h"

#include <algorithm>
#include <string_view>

#include "core/drafting/candidate_judge.h"
#include "core/drafting/fact_guard.h"
#include "core/drafting/mail_frame.h"

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

/// What a draft of this prompt may have its facts from.
std::vector<FactSource> sources_of(const PromptParts& parts, std::size_t related_used,
                                   const std::string& also_known) {
  std::vector<FactSource> sources{{"instruction", parts.instruction + "\n" + parts.to_name},
                                  {"incoming", parts.incoming},
                                  {"me", parts.me},
                                  {"known", also_known}};
  for (std::size_t i = 0; i < related_used; ++i) sources.push_back({"related", parts.related[i]});
  return sources;
}

std::uint64_t candidate_seed(std::uint64_t seed, unsigned candidate) {
  return seed + candidate * 0x9e3779b97f4a7c15u;
}

}  // namespace

DraftSession::DraftSession(std::shared_ptr<const engine::Model> model,
                           std::shared_ptr<engine::ThreadPool> pool)
    : model_(model),
      layout_(model->tokenizer()),
      pieces_(piece_texts(model->tokenizer())),
      room_(room_of(*model)),
      session_(model, std::move(pool), room_) {}

DraftSession::Candidate DraftSession::write_candidate(
    const std::vector<engine::TokenId>& prompt, const WritingOptions& options,
    const engine::GenerateOptions& generation,
    const std::function<void(const std::string&)>& on_text, std::stop_token stop) {
  Candidate candidate;
  engine::StreamDecoder decoder(model_->tokenizer());
  const auto emit = [&](std::string text) {
    if (candidate.body.empty())
      text.erase(0, std::min(text.find_first_not_of(spaces), text.size()));
    if (text.empty()) return;
    candidate.body += text;
    if (on_text) on_text(text);
  };
  if (!options.opening.empty()) emit(options.opening + "\n\n");
  candidate.written = engine::generate(
      session_, prompt, generation, [&](engine::TokenId token) { emit(decoder.push(token)); },
      stop);
  emit(decoder.finish());
  candidate.body = trimmed(candidate.body);
  if (options.signature) candidate.body = settle_signature(candidate.body, *options.signature);
  return candidate;
}

WrittenDraft DraftSession::write(const PromptParts& parts, const WritingOptions& options,
                                 const std::function<void(const std::string&)>& on_text,
                                 std::stop_token stop) {
  const std::size_t body_room = std::min(options.max_tokens, room_ / 2);
  Prompt prompt = layout_.build(parts, room_ - body_room - longest_subject - 1);
  if (!options.opening.empty())
    for (const auto token : model_->tokenizer().encode(options.opening + "\n\n"))
      prompt.tokens.push_back(token);
  const std::vector<FactSource> known = sources_of(parts, prompt.related_used, options.also_known);
  const FactGuard guard(pieces_, known);

  engine::GenerateOptions generation;
  generation.sampler = options.sampler;
  generation.max_new_tokens = body_room;
  generation.stop_tokens = layout_.stop_tokens();
  generation.restrict = [&](auto written, auto logits) { guard.restrict(written, logits); };

  // Without chance all candidates would be the same.
  const unsigned count = options.sampler.temperature > 0 ? std::max(1u, options.candidates) : 1;
  const bool streams = count == 1 && !options.signature;
  const CandidateJudge judge(parts.instruction, known);
  Candidate best;
  double best_score = 0;
  for (unsigned i = 0; i < count; ++i) {
    generation.sampler.seed = candidate_seed(options.sampler.seed, i);
    Candidate next = write_candidate(prompt.tokens, options, generation,
                                     streams ? on_text : decltype(on_text){}, stop);
    const bool cancelled = next.written.finish == engine::FinishReason::cancelled;
    const double score = judge.score(next.body, next.written).total();
    if (i == 0 || score > best_score || cancelled) {
      best = std::move(next);
      best_score = score;
    }
    if (cancelled) break;
  }
  if (!streams && on_text) on_text(best.body);

  WrittenDraft draft;
  draft.body = std::move(best.body);
  draft.prompt_tokens = prompt.tokens.size();
  draft.tokens = best.written.tokens.size();
  draft.related_used = prompt.related_used;
  draft.first_token_seconds = best.written.first_token_seconds;
  draft.tokens_per_second = best.written.tokens_per_second;
  draft.cancelled = best.written.finish == engine::FinishReason::cancelled;

  if (options.with_subject && layout_.subject_token() >= 0 && !draft.cancelled) {
    std::vector<engine::TokenId> context = prompt.tokens;
    context.insert(context.end(), best.written.tokens.begin(), best.written.tokens.end());
    context.push_back(layout_.subject_token());
    generation.sampler.seed = options.sampler.seed;
    generation.max_new_tokens = longest_subject;
    const auto subject = engine::generate(session_, context, generation, {}, stop);
    draft.subject = first_line(model_->tokenizer().decode(subject.tokens));
  }
  return draft;
}

}  // namespace sancho::core

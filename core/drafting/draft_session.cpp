#include "core/drafting/draft_session.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>
#include <string_view>

#include "core/drafting/candidate_judge.h"
#include "core/drafting/copy_bias.h"
#include "core/drafting/fact_guard.h"
#include "core/drafting/instruction_focus.h"
#include "core/drafting/letter_case.h"
#include "core/drafting/mail_frame.h"
#include "core/drafting/note_answer.h"
#include "engine/model/likelihood.h"

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

/// A body as its tokens come in: whole characters, without space at its start.
class BodyText {
 public:
  BodyText(const engine::Tokenizer& tokenizer, std::function<void(const std::string&)> on_text)
      : decoder_(tokenizer), on_text_(std::move(on_text)) {}

  void push(engine::TokenId token) { add(decoder_.push(token)); }
  void add(std::string text) {
    if (text_.empty()) text.erase(0, std::min(text.find_first_not_of(spaces), text.size()));
    if (text.empty()) return;
    text_ += text;
    if (on_text_) on_text_(text);
  }
  std::string finish() {
    add(decoder_.finish());
    return trimmed(text_);
  }

 private:
  engine::StreamDecoder decoder_;
  std::function<void(const std::string&)> on_text_;
  std::string text_;
};

/// Forbids the token that would repeat four tokens of the draft: small models fall into loops.
/// Numbers are left to the guard.
void forbid_repetition(std::span<const engine::TokenId> written,
                       const std::vector<std::string>& pieces, std::span<float> logits) {
  constexpr std::size_t context = 3;
  if (written.size() <= context) return;
  const auto last = written.last(context);
  for (std::size_t i = 0; i + context < written.size(); ++i) {
    if (!std::ranges::equal(written.subspan(i, context), last)) continue;
    const auto next = static_cast<std::size_t>(written[i + context]);
    if (pieces[next].find_first_of("0123456789") == std::string::npos)
      logits[next] = -std::numeric_limits<float>::infinity();
  }
}

std::uint64_t candidate_seed(std::uint64_t seed, unsigned candidate) {
  return seed + candidate * 0x9e3779b97f4a7c15u;
}

/// What the temperature of a candidate is multiplied by: a careful one first, then bolder ones, as
/// four alike would fail alike.
float boldness(unsigned candidate) {
  return candidate == 0 ? 0.5f : 1.0f + 0.5f * static_cast<float>(candidate);
}

}  // namespace

DraftSession::DraftSession(std::shared_ptr<const engine::Model> model,
                           std::shared_ptr<engine::ThreadPool> pool)
    : model_(model),
      layout_(model->tokenizer()),
      pieces_(piece_texts(model->tokenizer())),
      room_(room_of(*model)),
      session_(model, pool, room_) {
  if (layout_.built_in()) reader_.emplace(std::move(model), std::move(pool));
}

DraftSession::Candidate DraftSession::read(std::span<const engine::TokenId> prompt,
                                           std::size_t opening, std::string text) {
  Candidate candidate{std::move(text), {}};
  const auto body = model_->tokenizer().encode(candidate.text);
  prompt = prompt.first(prompt.size() - opening);
  std::vector<engine::TokenId> tokens(prompt.begin(), prompt.end());
  tokens.insert(tokens.end(), body.begin(), body.end());
  tokens.resize(std::min(tokens.size(), session_.capacity()));
  const std::size_t from = std::min(prompt.size() + opening, tokens.size());
  const auto likelihoods = engine::token_log_likelihoods(session_, tokens, from);
  engine::GenerateResult& written = candidate.written;
  written.tokens.assign(tokens.begin() + static_cast<std::ptrdiff_t>(from), tokens.end());
  written.finish = engine::FinishReason::stop_token;
  written.log_likelihood = std::accumulate(likelihoods.begin(), likelihoods.end(), 0.0);
  return candidate;
}

WrittenDraft DraftSession::write(const PromptParts& parts, const WritingOptions& options,
                                 const std::function<void(const std::string&)>& on_text,
                                 std::stop_token stop) {
  const std::size_t body_room = std::min(options.max_tokens, room_ / 2);
  std::vector<engine::TokenId> opening;
  if (!options.opening.empty()) opening = model_->tokenizer().encode(options.opening + "\n\n");
  const std::size_t taken = std::min(room_, body_room + longest_subject + opening.size() + 1);
  Prompt prompt = layout_.build(parts, room_ - taken);
  prompt.tokens.insert(prompt.tokens.end(), opening.begin(), opening.end());
  const std::vector<FactSource> known = sources_of(parts, prompt.related_used, options.also_known);
  const FactGuard guard(pieces_, known);
  const CopyBias copy(model_->tokenizer(), pieces_, parts.instruction);

  engine::GenerateOptions generation;
  generation.sampler = options.sampler;
  generation.max_new_tokens = body_room;
  generation.stop_tokens = layout_.stop_tokens();
  generation.restrict = [&](auto written, auto logits) {
    copy.lean(written, logits);
    forbid_repetition(written, pieces_, logits);
    guard.restrict(written, logits);
  };

  // Without chance all candidates would be the same.
  const unsigned count = options.sampler.temperature > 0 ? std::max(1u, options.candidates) : 1;
  const bool streams = count == 1 && !options.signature;
  std::vector<engine::GenerateOptions> all(count, generation);
  std::vector<BodyText> bodies;
  std::vector<engine::TokenId> silent =
      layout_.build({parts.me, {}, {}, parts.to_name, {}}, room_ - taken).tokens;
  silent.insert(silent.end(), opening.begin(), opening.end());
  std::vector<std::unique_ptr<InstructionFocus>> focused;
  for (unsigned i = 0; i < count; ++i) {
    all[i].sampler.seed = candidate_seed(options.sampler.seed, i);
    if (count > 1) all[i].sampler.temperature *= boldness(i);
    if (i > 0 && layout_.built_in()) {
      focused.push_back(
          std::make_unique<InstructionFocus>(model_, session_.pool(), silent, body_room));
      all[i].restrict = [&, focus = focused.back().get()](auto so_far, auto logits) {
        focus->sharpen(so_far, logits);
        generation.restrict(so_far, logits);
      };
    }
    bodies.emplace_back(model_->tokenizer(), streams ? on_text : decltype(on_text){});
    if (!options.opening.empty()) bodies[i].add(options.opening + "\n\n");
  }
  auto written = engine::generate_batch(
      session_, prompt.tokens, all,
      [&](std::size_t i, engine::TokenId token) { bodies[i].push(token); }, stop);

  std::vector<Candidate> candidates;
  for (unsigned i = 0; i < count; ++i)
    candidates.push_back({bodies[i].finish(), std::move(written[i])});
  // The note may be all the answer there is to give: no candidate says it more surely.
  const std::string answer =
      count > 1 ? note_answer(parts.instruction, parts.incoming, parts.to_name) : "";
  if (!answer.empty() && !stop.stop_requested())
    candidates.push_back(
        read(prompt.tokens, opening.size(),
             framed_like(answer, candidates.front().text, options.opening, parts.to_name)));

  const CandidateJudge judge(parts.instruction, parts.to_name, known);
  std::size_t chosen = 0;
  double best_score = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    std::string& text = candidates[i].text;
    if (options.signature)
      text = settle_case(settle_signature(text, *options.signature), parts.instruction);
    CandidateScore judged = judge.score(text, candidates[i].written);
    judged.owners_words = i >= count;
    if (reader_ && count > 1) judged.read_back = reader_->log_likelihood(parts.instruction, text);
    const double score = judged.total();
    if (i == 0 || score > best_score) {
      chosen = i;
      best_score = score;
    }
  }
  const engine::GenerateResult& best = candidates[chosen].written;
  if (!streams && on_text) on_text(candidates[chosen].text);

  WrittenDraft draft;
  draft.body = std::move(candidates[chosen].text);
  draft.prompt_tokens = prompt.tokens.size();
  draft.cached_tokens = best.cached_tokens;
  draft.tokens = best.tokens.size();
  draft.related_used = prompt.related_used;
  draft.first_token_seconds = best.first_token_seconds;
  draft.tokens_per_second = best.tokens_per_second;
  draft.cancelled = best.finish == engine::FinishReason::cancelled;

  if (options.with_subject && layout_.subject_token() >= 0 && !draft.cancelled) {
    std::vector<engine::TokenId> context = prompt.tokens;
    context.insert(context.end(), best.tokens.begin(), best.tokens.end());
    context.push_back(layout_.subject_token());
    generation.sampler.seed = options.sampler.seed;
    generation.max_new_tokens = longest_subject;
    const auto subject = engine::generate(session_, context, generation, {}, stop);
    draft.subject = first_line(model_->tokenizer().decode(subject.tokens));
  }
  return draft;
}

}  // namespace sancho::core

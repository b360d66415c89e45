#include "core/models/draft_agreement.h"

#include <array>
#include <numeric>

#include "core/drafting/draft_session.h"
#include "core/evaluate/text_overlap.h"
#include "retrieval/hybrid_index.h"

namespace sancho::core {

namespace {

constexpr std::size_t most_tokens = 80;  // of a draft

std::string draft(DraftSession& session, const std::string& instruction, std::stop_token stop) {
  PromptParts parts;
  parts.instruction = instruction;
  WritingOptions options;
  options.sampler.temperature = 0;
  options.max_tokens = most_tokens;
  options.with_subject = false;
  return session.write(parts, options, {}, stop).body;
}

}  // namespace

std::span<const std::string> agreement_instructions() {
  static const std::array<std::string, 12> instructions{
      "tell Anna that lunch on Friday at 12:30 works for me",
      "ask Ben for the signed contract by 14 March",
      "thank Carla for the slides and say that I will present them on Tuesday",
      "I cannot make the call at 3 pm, suggest Thursday at 10 am instead",
      "send Daniel the budget and ask him to check the totals in row 40",
      "remind Eva that invoice 4471 is still unpaid",
      "decline the invitation to the dinner, I will be travelling",
      "confirm the order of 500 sheets of paper for delivery next week",
      "let the team know that the meeting moves to room 204",
      "ask Frank whether the numbers of last quarter are final",
      "introduce Grace to Henry, they both work on the pipeline project",
      "say sorry for the late answer and promise the report by Monday"};
  return instructions;
}

DraftAgreement compare_drafts(const std::shared_ptr<const engine::Model>& before,
                              const std::shared_ptr<const engine::Model>& after,
                              const std::shared_ptr<const engine::Model>& embedder,
                              std::span<const std::string> instructions,
                              const std::shared_ptr<engine::ThreadPool>& pool,
                              std::stop_token stop) {
  DraftSession first(before, pool), second(after, pool);
  retrieval::Embedder embed(embedder, pool);
  DraftAgreement agreement;
  for (const std::string& instruction : instructions) {
    const std::string a = draft(first, instruction, stop), b = draft(second, instruction, stop);
    if (stop.stop_requested()) break;
    const auto x = embed.embed(a), y = embed.embed(b);
    agreement.rouge_l += a == b ? 1 : rouge_l(overlap_words(b), overlap_words(a));
    agreement.similarity += std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
    ++agreement.drafts;
  }
  if (agreement.drafts > 0) {
    agreement.rouge_l /= static_cast<double>(agreement.drafts);
    agreement.similarity /= static_cast<double>(agreement.drafts);
  }
  return agreement;
}

}  // namespace sancho::core

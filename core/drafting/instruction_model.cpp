#include "core/drafting/instruction_model.h"

#include <algorithm>
#include <stdexcept>

#include "core/drafting/grounding.h"
#include "core/playback/text_words.h"
#include "engine/model/likelihood.h"

namespace sancho::core {
namespace {

constexpr std::size_t drawn = 6;             // for each mail
constexpr std::size_t longest_prompt = 384;  // tokens
constexpr std::size_t longest_instruction = 64;
constexpr std::size_t fewest_words = 2;

bool has_all_facts(const std::string& text, const FactSource& source) {
  return std::ranges::all_of(ground_facts(text, std::span(&source, 1)),
                             [](const GroundedFact& fact) { return fact.source != "none"; });
}

}  // namespace

InstructionModel::InstructionModel(std::shared_ptr<const engine::Model> model,
                                   std::shared_ptr<engine::ThreadPool> pool)
    : model_(model),
      layout_(model->tokenizer()),
      session_(
          model, std::move(pool),
          std::min(longest_prompt + longest_instruction, model->config().max_position_embeddings)) {
  if (!layout_.built_in())
    throw std::invalid_argument(
        "This model cannot write instructions for mails: it was not trained to. Use the rules.");
}

std::vector<std::string> InstructionModel::write(const std::string& mail, const std::string& told,
                                                 const std::string& names, std::size_t count,
                                                 std::uint64_t seed, std::stop_token stop) {
  engine::GenerateOptions options;
  options.sampler.temperature = 0.7f;
  options.sampler.top_p = 0.9f;
  options.max_new_tokens = longest_instruction;
  options.stop_tokens = layout_.stop_tokens();
  std::vector<engine::GenerateOptions> all(drawn, options);
  for (std::size_t i = 0; i < drawn; ++i) all[i].sampler.seed = seed * drawn + i;

  const auto prompt = layout_.playback_prompt(
      mail, std::min(longest_prompt, session_.capacity() - longest_instruction));
  auto written = engine::generate_batch(session_, prompt, all, {}, stop);
  if (stop.stop_requested()) return {};
  const auto likelihood = [](const engine::GenerateResult& r) {
    return r.log_likelihood / static_cast<double>(r.tokens.size() + 1);
  };
  std::ranges::stable_sort(written, std::ranges::greater{}, likelihood);

  std::vector<std::string> instructions;
  for (const engine::GenerateResult& result : written) {
    if (instructions.size() == count) break;
    const std::string text(trim(model_->tokenizer().decode(result.tokens)));
    if (result.finish != engine::FinishReason::stop_token ||
        split_words(text).size() < fewest_words || std::ranges::count(instructions, text) > 0)
      continue;
    if (has_all_facts(text, {"mail", mail + "\n" + names}) && has_all_facts(told, {"model", text}))
      instructions.push_back(text);
  }
  return instructions;
}

double InstructionModel::log_likelihood(const std::string& instruction, const std::string& mail) {
  const engine::TrainSample sample =
      layout_.playback_sample(mail, instruction, session_.capacity());
  return engine::log_likelihood(session_, sample.tokens, sample.loss_from) /
         static_cast<double>(sample.tokens.size() - sample.loss_from);
}

}  // namespace sancho::core

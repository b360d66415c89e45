#include "core/drafting/instruction_focus.h"

#include <algorithm>
#include <cmath>

namespace sancho::core {
namespace {

constexpr float strength = 0.3f;
constexpr float plausible = -2.3f;   // log p below the likeliest token's: a tenth of its chance
constexpr float implausibility = 8;  // nats that others lose; the guard may need them still
constexpr float rarest = -12;        // log p: below, a contrast says nothing

float log_sum(std::span<const float> logits) {
  const float top = *std::ranges::max_element(logits);
  float sum = 0;
  for (const float logit : logits) sum += std::exp(logit - top);
  return top + std::log(sum);
}

}  // namespace

void contrast(std::span<float> logits, std::span<const float> without, float weight) {
  const float all = log_sum(logits), all_without = log_sum(without);
  const float top = *std::ranges::max_element(logits);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const float log_p = logits[i] - all;
    if (logits[i] < top + plausible)
      logits[i] = log_p - implausibility;
    else
      logits[i] = log_p + weight * (log_p - std::max(without[i] - all_without, rarest));
  }
}

InstructionFocus::InstructionFocus(std::shared_ptr<const engine::Model> model,
                                   std::shared_ptr<engine::ThreadPool> pool,
                                   std::vector<engine::TokenId> silent_prompt, std::size_t room)
    : silent_prompt_(std::move(silent_prompt)),
      session_(std::move(model), std::move(pool), silent_prompt_.size() + room) {}

void InstructionFocus::sharpen(std::span<const engine::TokenId> written, std::span<float> logits) {
  const auto without =
      written.empty() ? session_.read(silent_prompt_) : session_.read(written.last(1));
  contrast(logits, without, strength);
}

}  // namespace sancho::core

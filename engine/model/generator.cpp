#include "engine/model/generator.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "engine/kernels/vector_ops.h"

namespace sancho::engine {

namespace {

constexpr std::size_t repetition_window = 64;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// What of `prompt` the cache need not read again; its last token is always read, for its logits.
std::size_t shared_prefix(std::span<const TokenId> cached, std::span<const TokenId> prompt) {
  const auto end = std::ranges::mismatch(cached, prompt).in2;
  const auto shared = static_cast<std::size_t>(end - prompt.begin());
  return prompt.empty() ? 0 : std::min(shared, prompt.size() - 1);
}

/// log p of `id`; `scratch` is overwritten.
double log_probability(std::span<const float> logits, TokenId id, std::vector<float>& scratch) {
  scratch.assign(logits.begin(), logits.end());
  softmax(scratch);
  return std::log(std::max(1e-30, static_cast<double>(scratch[static_cast<std::size_t>(id)])));
}

}  // namespace

GenerateResult generate(Session& session, std::span<const TokenId> prompt,
                        const GenerateOptions& options,
                        const std::function<void(TokenId)>& on_token, std::stop_token stop) {
  const auto start = std::chrono::steady_clock::now();
  GenerateResult result;
  result.prompt_tokens = prompt.size();
  const auto is_stop_token = [&](TokenId id) {
    return id == session.model().config().eos_token_id ||
           std::ranges::find(options.stop_tokens, id) != options.stop_tokens.end();
  };

  const std::size_t shared = shared_prefix(session.tokens(), prompt);
  session.truncate(shared);
  auto logits = session.read(prompt.subspan(shared), stop);

  Sampler sampler(options.sampler);
  std::vector<float> offered, scratch;
  for (;;) {
    if (logits.empty() || stop.stop_requested()) {
      result.finish = FinishReason::cancelled;
      break;
    }
    if (result.tokens.size() == options.max_new_tokens) break;
    if (options.restrict) {
      offered.assign(logits.begin(), logits.end());
      options.restrict(result.tokens, offered);
      logits = offered;
    }
    const auto seen = session.tokens();
    const TokenId id = sampler.sample(logits, seen.last(std::min(seen.size(), repetition_window)));
    if (result.first_token_seconds == 0) result.first_token_seconds = seconds_since(start);
    if (is_stop_token(id)) {
      result.finish = FinishReason::stop_token;
      result.stop_token = id;
      break;
    }
    result.log_likelihood += log_probability(logits, id, scratch);
    result.tokens.push_back(id);
    if (on_token) on_token(id);
    if (result.tokens.size() == options.max_new_tokens || session.position() == session.capacity())
      break;
    logits = session.read(std::span(&id, 1), stop);
  }
  const double rest = seconds_since(start) - result.first_token_seconds;
  if (result.tokens.size() > 1 && rest > 0)
    result.tokens_per_second = static_cast<double>(result.tokens.size() - 1) / rest;
  return result;
}

}  // namespace sancho::engine

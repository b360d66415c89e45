#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

#include "engine/model/session.h"

namespace sancho::engine {

/// How the next token is chosen. Temperature 0 = greedy; top_k 0 and top_p 1 = off.
struct SamplerOptions {
  float temperature = 0.7f;
  int top_k = 50;
  float top_p = 0.9f;
  float repetition_penalty = 1.0f;
  std::uint64_t seed = 0;
};

/// Draws tokens from logits. The same seed and logits give the same draws on every machine.
class Sampler {
 public:
  explicit Sampler(const SamplerOptions& options);
  /// `recent`: tokens the repetition penalty looks at.
  TokenId sample(std::span<const float> logits, std::span<const TokenId> recent = {});

 private:
  SamplerOptions options_;
  std::uint64_t state_[4];
  std::vector<std::pair<float, TokenId>> candidates_;
};

struct GenerateOptions {
  SamplerOptions sampler;
  std::size_t max_new_tokens = 512;
  /// Generation ends before any of these is given out (EOS is always among them).
  std::vector<TokenId> stop_tokens;
  /// May change logits `[vocab]` before a token is drawn, and forbid tokens by −∞; `written` is
  /// what has been drawn so far. It leaves at least one.
  std::function<void(std::span<const TokenId> written, std::span<float> logits)> restrict;
};

enum class FinishReason { stop_token, length, cancelled };

struct GenerateResult {
  std::vector<TokenId> tokens;  // without the prompt and the stop token
  FinishReason finish = FinishReason::length;
  TokenId stop_token = -1;  // which one ended it
  std::size_t prompt_tokens = 0;
  std::size_t cached_tokens = 0;   // of the prompt, not read again
  double first_token_seconds = 0;  // prompt read and first token drawn
  double tokens_per_second = 0;    // of the tokens after the first
  /// Σ log p of `tokens` at temperature 1 and without `restrict`: what had to be written because
  /// the likely was forbidden counts as unlikely.
  double log_likelihood = 0;
  double least_likely = 0;  // of those log p the lowest
};

/// Reads `prompt` into `session` (what its cache already shares with it is not read again) and
/// draws tokens until a stop token, the length limit or a stop request. `on_token` runs on the
/// calling thread.
GenerateResult generate(Session& session, std::span<const TokenId> prompt,
                        const GenerateOptions& options,
                        const std::function<void(TokenId)>& on_token = {},
                        std::stop_token stop = {});

/// Writes a candidate for each of `options` from one prompt, all at once: the prompt is read once
/// and its cache shared, and every weight is read once per step for all candidates that still run.
/// Candidate i is what `generate` writes from the same prompt with options[i], token for token,
/// however many others are written beside it. `on_token` gets the candidate's index too. The
/// results come in the order of `options`; their `tokens_per_second` is of the candidate alone.
std::vector<GenerateResult> generate_batch(
    Session& session, std::span<const TokenId> prompt, std::span<const GenerateOptions> options,
    const std::function<void(std::size_t, TokenId)>& on_token = {}, std::stop_token stop = {});

}  // namespace sancho::engine

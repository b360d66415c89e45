#include "engine/model/generator.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include "engine/kernels/vector_ops.h"
#include "engine/model/batch_session.h"

namespace sancho::engine {

namespace {

constexpr std::size_t repetition_window = 64;

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

/// Reads all of `prompt` but the first `cached` tokens, which the cache has.
std::span<const float> read_prompt(Session& session, std::span<const TokenId> prompt,
                                   std::size_t cached, const std::stop_token& stop) {
  session.truncate(cached);
  return session.read(prompt.subspan(cached), stop);
}

/// One text as it grows.
class Writer {
 public:
  Writer(const GenerateOptions& options, TokenId eos, std::size_t prompt_tokens,
         std::size_t cached_tokens, std::function<void(TokenId)> on_token)
      : options_(options), eos_(eos), sampler_(options.sampler), on_token_(std::move(on_token)) {
    result_.prompt_tokens = prompt_tokens;
    result_.cached_tokens = cached_tokens;
  }

  /// Draws the token after `seen`; empty where the text has ended. `capacity`: how long it may
  /// become with its prompt.
  std::optional<TokenId> next(std::span<const float> logits, std::span<const TokenId> seen,
                              std::size_t capacity) {
    if (options_.max_new_tokens == 0) return std::nullopt;
    std::span<const float> offered = logits;
    if (options_.restrict) {
      offered_.assign(logits.begin(), logits.end());
      options_.restrict(result_.tokens, offered_);
      offered = offered_;
    }
    const TokenId id =
        sampler_.sample(offered, seen.last(std::min(seen.size(), repetition_window)));
    if (result_.first_token_seconds == 0) result_.first_token_seconds = elapsed();
    if (id == eos_ || std::ranges::find(options_.stop_tokens, id) != options_.stop_tokens.end()) {
      result_.finish = FinishReason::stop_token;
      result_.stop_token = id;
      return std::nullopt;
    }
    const double log_p = log_probability(logits, id, scratch_);
    result_.log_likelihood += log_p;
    result_.least_likely = std::min(result_.least_likely, log_p);
    result_.tokens.push_back(id);
    if (on_token_) on_token_(id);
    if (result_.tokens.size() == options_.max_new_tokens || seen.size() == capacity)
      return std::nullopt;
    return id;
  }

  void cancel() { result_.finish = FinishReason::cancelled; }

  /// Closes the books; call when the text has ended.
  void finish() {
    const double rest = elapsed() - result_.first_token_seconds;
    if (result_.tokens.size() > 1 && rest > 0)
      result_.tokens_per_second = static_cast<double>(result_.tokens.size() - 1) / rest;
  }

  GenerateResult take() { return std::move(result_); }

 private:
  double elapsed() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

  const GenerateOptions& options_;
  TokenId eos_;
  Sampler sampler_;
  std::function<void(TokenId)> on_token_;
  GenerateResult result_;
  std::vector<float> offered_, scratch_;  // [vocab]
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

GenerateResult generate(Session& session, std::span<const TokenId> prompt,
                        const GenerateOptions& options,
                        const std::function<void(TokenId)>& on_token, std::stop_token stop) {
  const std::size_t cached = shared_prefix(session.tokens(), prompt);
  Writer writer(options, session.model().config().eos_token_id, prompt.size(), cached, on_token);
  auto logits = read_prompt(session, prompt, cached, stop);
  while (true) {
    if (logits.empty() || stop.stop_requested()) {
      writer.cancel();
      break;
    }
    const auto id = writer.next(logits, session.tokens(), session.capacity());
    if (!id) break;
    logits = session.read(std::span(&*id, 1), stop);
  }
  writer.finish();
  return writer.take();
}

std::vector<GenerateResult> generate_batch(
    Session& session, std::span<const TokenId> prompt, std::span<const GenerateOptions> options,
    const std::function<void(std::size_t, TokenId)>& on_token, std::stop_token stop) {
  const std::size_t cached = shared_prefix(session.tokens(), prompt);
  std::vector<Writer> writers;
  writers.reserve(options.size());
  for (std::size_t i = 0; i < options.size(); ++i)
    writers.emplace_back(options[i], session.model().config().eos_token_id, prompt.size(), cached,
                         [&on_token, i](TokenId id) {
                           if (on_token) on_token(i, id);
                         });

  BatchSession batch(session.shared_model(), session.pool());
  std::vector<std::size_t> running;  // the writer of each sequence of the batch
  std::vector<TokenId> next;
  const auto draw = [&](std::size_t writer, std::span<const float> logits,
                        std::span<const TokenId> seen, std::size_t capacity) {
    const auto id = writers[writer].next(logits, seen, capacity);
    if (id)
      next.push_back(*id);
    else
      writers[writer].finish();
    return id.has_value();
  };
  const auto cancel = [&] {
    for (const std::size_t writer : running) {
      writers[writer].cancel();
      writers[writer].finish();
    }
  };

  if (!options.empty()) {
    const auto logits = read_prompt(session, prompt, cached, stop);
    for (std::size_t i = 0; i < options.size(); ++i) running.push_back(i);
    if (logits.empty() || stop.stop_requested()) {
      cancel();
      running.clear();
    }
    std::erase_if(running, [&](std::size_t i) {
      if (!draw(i, logits, session.tokens(), session.capacity())) return true;
      batch.add(session);
      return false;
    });
  }
  while (!running.empty()) {
    const auto logits = batch.read(next, stop);
    if (logits.rows == 0 || stop.stop_requested()) {
      cancel();
      break;
    }
    next.clear();
    for (std::size_t row = 0, at = 0; row < logits.rows; ++row) {
      if (draw(running[at], logits.row(row), batch.tokens(at), batch.capacity(at))) {
        ++at;
      } else {
        batch.drop(at);
        running.erase(running.begin() + static_cast<std::ptrdiff_t>(at));
      }
    }
  }

  std::vector<GenerateResult> results;
  for (Writer& writer : writers) results.push_back(writer.take());
  return results;
}

}  // namespace sancho::engine

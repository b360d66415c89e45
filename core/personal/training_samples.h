#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/drafting/mail_index.h"
#include "core/drafting/prompt.h"
#include "core/playback/training_pair.h"

namespace sancho::core {

/// Fills `related` of about half of the pairs, always the same half, so that the model learns to
/// write with related mail and without. Held-out mail is never related to anything.
void add_related_mail(std::vector<TrainingPair>& pairs, MailIndex& index,
                      const std::function<void(std::size_t done, std::size_t total)>& on_progress,
                      std::stop_token stop);

struct TrainingSamples {
  std::vector<engine::TrainSample> train, heldout;
};
TrainingSamples make_samples(const std::vector<TrainingPair>& pairs, const PromptLayout& layout,
                             std::size_t max_tokens);

/// What others wrote to the user, newest first, older than `before` (0 = all); `take` gets each
/// text and says whether it wants another.
using ReceivedMail = std::function<void(std::int64_t before,
                                        const std::function<bool(const std::string& text)>& take)>;

/// Received mail as text by itself, the beginning of each mail, up to as much as `own` is: it
/// teaches the names and matters of the user's world, and no manner of writing, which goes with
/// prompts.
std::vector<engine::TrainSample> reading_samples(const std::vector<TrainingPair>& pairs,
                                                 const ReceivedMail& received,
                                                 std::span<const engine::TrainSample> own,
                                                 const PromptLayout& layout,
                                                 std::size_t max_tokens);

}  // namespace sancho::core

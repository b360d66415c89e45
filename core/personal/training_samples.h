#pragma once

#include <functional>
#include <stop_token>
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

}  // namespace sancho::core

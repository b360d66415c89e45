#pragma once

#include "core/drafting/mail_index.h"
#include "core/drafting/prompt.h"
#include "core/playback/training_pair.h"

namespace sancho::core {

/// What a training pair's mail is written from.
PromptParts prompt_parts(const TrainingPair& pair);

/// What the model is to write after the prompt of this pair, as in pretraining: a reply takes over
/// its subject, so it writes none.
engine::TrainSample pair_sample(const TrainingPair& pair, const PromptParts& parts,
                                const PromptLayout& layout, std::size_t max_tokens);

/// Date of the oldest held-out pair: what is from then on belongs to no training; 0 = none held
/// out.
std::int64_t heldout_from(const std::vector<TrainingPair>& pairs);

/// The own mails a draft of this pair's mail may see: older than it and than `before` (0 = any),
/// never the same words.
std::vector<std::string> related_mail(const TrainingPair& pair, std::int64_t before,
                                      MailIndex& index);

}  // namespace sancho::core

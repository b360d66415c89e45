#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/archive/archive.h"
#include "core/drafting/mail_index.h"
#include "core/evaluate/scores.h"
#include "core/playback/training_pair.h"

namespace sancho::core {

/// What is measured on which mail.
struct EvaluationPlace {
  const Archive& archive;
  MailIndex& index;
  std::shared_ptr<const engine::Model> base;
  std::shared_ptr<const engine::Model> personal;  // may be null: then only base is measured
  std::shared_ptr<engine::ThreadPool> pool;
};

/// Writes at most `limit` held-out mails anew (0 = all), spread evenly over their time, with every
/// system: "base", "base+retrieval", "personal", "personal+retrieval". Decoding is greedy with a
/// light repetition penalty, so the same models and mail give the same scores. Related mail comes
/// from the training part alone. Stopped: empty.
std::map<std::string, SystemScores> evaluate_drafts(
    const EvaluationPlace& place, const std::vector<TrainingPair>& pairs, std::size_t limit,
    const std::function<void(std::size_t done, std::size_t total)>& on_progress,
    std::stop_token stop);

}  // namespace sancho::core

#include "core/personal/training_samples.h"

#include <algorithm>

#include "core/drafting/pair_prompt.h"

namespace sancho::core {
namespace {

/// A fair coin that falls the same way for the same number (splitmix64).
bool coin(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return ((x ^ (x >> 31)) & 1u) != 0;
}

}  // namespace

void add_related_mail(std::vector<TrainingPair>& pairs, MailIndex& index,
                      const std::function<void(std::size_t, std::size_t)>& on_progress,
                      std::stop_token stop) {
  const std::int64_t before = heldout_from(pairs);
  for (std::size_t i = 0; i < pairs.size() && !stop.stop_requested(); ++i) {
    if (on_progress) on_progress(i, pairs.size());
    if (coin(i)) pairs[i].related = related_mail(pairs[i], before, index);
  }
}

TrainingSamples make_samples(const std::vector<TrainingPair>& pairs, const PromptLayout& layout,
                             std::size_t max_tokens) {
  TrainingSamples samples;
  for (const auto& pair : pairs)
    (pair.heldout ? samples.heldout : samples.train)
        .push_back(pair_sample(pair, prompt_parts(pair), layout, max_tokens));
  return samples;
}

}  // namespace sancho::core

#include "core/drafting/pair_prompt.h"

#include <algorithm>

namespace sancho::core {

PromptParts prompt_parts(const TrainingPair& pair) {
  return {pair.from_name, pair.related, pair.incoming, pair.to_name, pair.instruction};
}

engine::TrainSample pair_sample(const TrainingPair& pair, const PromptParts& parts,
                                const PromptLayout& layout, std::size_t max_tokens) {
  return layout.sample(parts, pair.mail, pair.incoming.empty() ? pair.subject : "", max_tokens);
}

std::int64_t heldout_from(const std::vector<TrainingPair>& pairs) {
  std::int64_t from = 0;
  for (const auto& pair : pairs)
    if (pair.heldout && (from == 0 || pair.date < from)) from = pair.date;
  return from;
}

std::vector<std::string> related_mail(const TrainingPair& pair, std::int64_t before,
                                      MailIndex& index) {
  MailIndex::RelatedQuery query;
  query.text = related_query_text(pair.instruction, pair.incoming);
  // 1, not 0: an undated mail sees nothing rather than everything.
  query.before = std::max<std::int64_t>(1, before ? std::min(pair.date, before) : pair.date);
  query.unlike = pair.mail;
  std::vector<std::string> texts;
  for (auto& mail : index.related(query)) texts.push_back(std::move(mail.text));
  return texts;
}

}  // namespace sancho::core

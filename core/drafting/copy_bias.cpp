#include "core/drafting/copy_bias.h"

namespace sancho::core {
namespace {

constexpr float bias = 2;  // nats

}  // namespace

CopyBias::CopyBias(const engine::Tokenizer& tokenizer, const std::vector<std::string>& pieces,
                   const std::string& instruction)
    : texts_(pieces) {
  Pieces word;
  for (const engine::TokenId id : tokenizer.encode(" " + instruction)) {
    if (begins_word(id))
      word.clear();
    else
      next_[word].push_back(id);
    word.push_back(id);
  }
}

bool CopyBias::begins_word(engine::TokenId id) const {
  const std::string& text = texts_[static_cast<std::size_t>(id)];
  return text.starts_with(' ') || text.starts_with('\n');
}

void CopyBias::lean(std::span<const engine::TokenId> written, std::span<float> logits) const {
  std::size_t begin = written.size();
  while (begin > 0 && !begins_word(written[begin - 1])) --begin;
  if (begin == 0) return;
  const auto word = written.subspan(begin - 1);
  const auto found = next_.find(Pieces(word.begin(), word.end()));
  if (found == next_.end()) return;
  for (const engine::TokenId id : found->second) logits[static_cast<std::size_t>(id)] += bias;
}

}  // namespace sancho::core

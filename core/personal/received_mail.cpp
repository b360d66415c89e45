#include "core/personal/received_mail.h"

#include <ranges>
#include <unordered_set>

#include "core/playback/text_words.h"

namespace sancho::core {

void for_received_mail(const Archive& archive, std::int64_t before,
                       const std::function<bool(const std::string&)>& take, std::stop_token stop) {
  constexpr std::size_t fewest_words = 8;
  std::unordered_set<std::string> seen;
  for (const MessageKey key : archive.all_keys() | std::views::reverse) {
    if (stop.stop_requested()) return;
    const auto stored = archive.message(key);
    if (!stored || stored->own || stored->message.automatic ||
        (before != 0 && stored->message.date >= before))
      continue;
    std::string text = unwrap(stored->message.own);
    if (split_words(text).size() < fewest_words || !is_mostly_letters(text)) continue;
    if (const auto [place, fresh] = seen.insert(std::move(text)); fresh && !take(*place)) return;
  }
}

}  // namespace sancho::core

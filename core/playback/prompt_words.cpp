#include "core/playback/prompt_words.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

#include "core/playback/names.h"
#include "core/playback/text_words.h"

namespace sancho::core {
namespace {

constexpr std::size_t recent_mails = 400;
constexpr std::size_t most_incoming_words = 150;

std::string first_words(const std::string& text, std::size_t limit) {
  std::size_t words = 0;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool space = std::isspace(static_cast<unsigned char>(text[i])) != 0;
    if (!space && !inside && ++words > limit) return std::string(trim(text.substr(0, i)));
    inside = !space;
  }
  return text;
}

}  // namespace

std::string writer_name(const Archive& archive) {
  const auto keys = archive.own_keys();
  std::vector<std::string> mails;
  Address writer;
  for (std::size_t i = keys.size() - std::min(keys.size(), recent_mails); i < keys.size(); ++i)
    if (const auto stored = archive.message(keys[i])) {
      mails.push_back(unwrap(stored->message.own));
      writer = stored->message.from;
    }
  return usual_sign_off(mails, first_name(writer));
}

std::string incoming_words(const Message& message) {
  return first_words(unwrap(message.own.empty() ? message.body : message.own), most_incoming_words);
}

}  // namespace sancho::core

#include "core/playback/names.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "core/playback/text_words.h"

namespace sancho::core {

namespace {

std::string capitalised(std::string word) {
  if (!word.empty()) word[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(word[0])));
  return word;
}

bool is_plain_word(std::string_view word) {
  return word.size() >= 2 && std::ranges::all_of(word, [](char c) {
           const auto u = static_cast<unsigned char>(c);
           return u >= 0x80 || std::isalpha(u) || c == '\'' || c == '-';
         });
}

/// Whether a name of several words ends as that of an office or a group does: "Customer Service".
bool is_group(const std::vector<std::string>& words) {
  if (words.size() < 2) return false;
  const std::string last = lower_case(words.back());
  for (const std::string_view group :
       {"service", "services", "support", "team", "office", "department", "desk", "committee"})
    if (last == group) return true;
  return false;
}

}  // namespace

bool is_title(std::string_view word) {
  const std::string low = lower_case(strip_punctuation(word));
  return low == "mr" || low == "mrs" || low == "ms" || low == "dr" || low == "prof" ||
         low == "professor";
}

std::string first_name(const Address& address) {
  std::string name = address.name;
  if (const auto bracket = name.find_first_of("<(/@"); bracket != std::string::npos)
    name.resize(bracket);
  if (const auto comma = name.find(','); comma != std::string::npos) name = name.substr(comma + 1);
  const auto words = split_words(name);
  if (is_group(words)) return join(words, " ");
  for (const auto& word : words) {
    const std::string bare(strip_punctuation(word));
    if (is_title(word)) return join(words, " ");
    if (is_plain_word(bare)) {
      const bool shouted = bare.size() > 2 && std::ranges::none_of(bare, [](char c) {
                             return std::islower(static_cast<unsigned char>(c));
                           });
      return capitalised(shouted ? lower_case(bare) : bare);
    }
  }
  // "kate.symes" is a name; "webmaster" or "kdorland" is not.
  const auto local = address.address.substr(0, address.address.find('@'));
  const auto dot = local.find_first_of("._");
  if (dot == std::string::npos || dot + 1 >= local.size()) return {};
  const auto first = local.substr(0, dot);
  return is_plain_word(first) && first.size() <= 12 ? capitalised(lower_case(first))
                                                    : std::string();
}

std::string usual_sign_off(const std::vector<std::string>& mails, const std::string& fallback) {
  std::map<std::string, std::size_t> counts;
  for (const auto& mail : mails) {
    const std::string_view text = trim(mail);
    const auto line = text.rfind('\n');
    if (line == std::string_view::npos) continue;
    const auto words = split_words(text.substr(line + 1));
    if (words.empty() || words.size() > 3) continue;
    const auto name = std::string(strip_punctuation(join(words, " ")));
    const auto first = lower_case(strip_punctuation(words.front()));
    if (is_upper(name) && !opens_sentences(first) && name.size() <= 24 &&
        name.find_first_of("0123456789@:") == std::string::npos)
      ++counts[name];
  }
  const auto most =
      std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
  return most != counts.end() && most->second * 10 >= mails.size() ? most->first : fallback;
}

}  // namespace sancho::core

#include "core/playback/shorthand.h"

#include <map>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/playback/text_words.h"

namespace sancho::core {

std::string shorten(const std::string& text, std::size_t limit) {
  auto words = split_words(text);
  if (words.size() <= limit) return text;
  static const std::unordered_set<std::string> joints{
      "of",   "in", "on",    "at",    "for", "with", "to",   "that",   "who",
      "from", "by", "about", "under", "and", "or",   "than", "during", "into"};
  std::size_t cut = limit;
  for (std::size_t i = limit; i >= 5 && i > limit / 2; --i)
    if (joints.contains(lower_case(words[i]))) {
      cut = i;
      break;
    }
  for (std::size_t i = limit; i >= 4 && i > limit / 2; --i) {
    const char last = words[i - 1].back();
    const auto next = lower_case(words[i]);
    if (last == ',' || last == ';' || last == ':' || next == "because" || next == "which" ||
        next == "since" || next == "but" || next == "so" || next == "and" || next == "as" ||
        next == "before" || next == "if" || next == "when") {
      cut = i;
      break;
    }
  }
  words.resize(cut);
  while (words.size() > 2 && is_stop_word(lower_case(strip_punctuation(words.back()))) &&
         lower_case(words.back()) != "it" && lower_case(words.back()) != "them")
    words.pop_back();
  std::string out = join(words, " ");
  while (!out.empty() && std::string_view(",;:.-").find(out.back()) != std::string_view::npos)
    out.pop_back();
  return out;
}

std::string telegraphic(const std::string& text) {
  static const std::unordered_set<std::string> dropped{"the", "a", "an", "that"};
  static const std::map<std::string, std::string> shorter{
      {"i will", "i'll"},      {"i am", "i'm"},           {"i have", "i've"},
      {"we will", "we'll"},    {"we are", "we're"},       {"do not", "don't"},
      {"did not", "didn't"},   {"does not", "doesn't"},   {"is not", "isn't"},
      {"will not", "won't"},   {"it is", "it's"},         {"they are", "they're"},
      {"have not", "haven't"}, {"could not", "couldn't"}, {"was not", "wasn't"}};
  const auto words = split_words(text);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto low = lower_case(words[i]);
    if (i + 1 < words.size()) {
      const auto found = shorter.find(low + " " + lower_case(words[i + 1]));
      if (found != shorter.end()) {
        out.push_back(found->second);
        ++i;
        continue;
      }
    }
    if (dropped.contains(low) && i + 1 < words.size()) continue;
    out.push_back(low == "i" ? "i" : words[i]);
  }
  return join(out, " ");
}

std::string key_words(const std::string& text) {
  static const std::unordered_set<std::string> dropped{
      "the",  "a",     "an",   "that",  "is",    "are",  "was",  "were", "am",   "be",
      "been", "being", "will", "would", "shall", "has",  "have", "had",  "i",    "we",
      "it",   "there", "do",   "does",  "just",  "very", "on",   "of",   "some", "so"};
  std::vector<std::string> kept;
  for (const auto& word : split_words(text))
    if (!dropped.contains(lower_case(word))) kept.push_back(word);
  return kept.size() >= 3 ? join(kept, " ") : telegraphic(text);
}

std::string subjectless(const std::string& text) {
  static const std::unordered_set<std::string> whole{"i'm",     "it's",    "we're",
                                                     "they're", "there's", "that's"};
  static const std::unordered_set<std::string> subjects{"i", "it", "we", "they", "there", "that"};
  static const std::unordered_set<std::string> copulas{"am", "is", "are"};
  auto words = split_words(text);
  const auto opens = [&](std::size_t i, const auto& set) {
    return i < words.size() && set.contains(lower_case(words[i]));
  };
  std::size_t gone = 0;
  if (opens(0, whole))
    gone = 1;
  else if (opens(0, subjects))
    gone = opens(1, copulas) ? 2 : 1;
  if (gone + 2 > words.size()) return text;
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(gone));
  return join(words, " ");
}

std::string abbreviated(const std::string& text, std::uint64_t choice) {
  static const std::map<std::string, std::string> shorter{
      {"with", "w/"},          {"and", "&"},       {"please", "pls"},   {"thanks", "thx"},
      {"meeting", "mtg"},      {"about", "re"},    {"because", "bc"},   {"information", "info"},
      {"without", "w/o"},      {"before", "b4"},   {"message", "msg"},  {"department", "dept"},
      {"appointment", "appt"}, {"you", "u"},       {"are", "r"},        {"through", "thru"},
      {"document", "doc"},     {"to", "2"},        {"okay", "ok"},      {"regarding", "re"},
      {"number", "no."},       {"months", "mths"}, {"minutes", "mins"}, {"weeks", "wks"}};
  static const std::unordered_set<std::string> rare{"to", "you", "are", "before"};
  auto words = split_words(text);
  for (auto& word : words) {
    const auto found = shorter.find(word);
    if (found == shorter.end()) continue;
    const auto at = static_cast<std::uint64_t>(std::distance(shorter.begin(), found)) * 2;
    const auto bits = (choice >> at) & 3;
    if (rare.contains(word) ? bits == 3 && (choice >> 60) % 4 == 0 : bits >= 2)
      word = found->second;
  }
  return join(words, " ");
}

}  // namespace sancho::core

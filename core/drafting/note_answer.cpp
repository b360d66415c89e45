#include "core/drafting/note_answer.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/drafting/grounding.h"
#include "core/playback/text_words.h"

namespace sancho::core {
namespace {

constexpr std::size_t most_words = 30;

/// Verbs of writing, which tell the writer what to do wherever a clause begins with one.
bool is_act_of_writing(std::string_view word) {
  static const std::unordered_set<std::string_view> words{
      "ask",    "tell",     "say",      "remind",    "inform",      "let",       "thank",
      "reply",  "answer",   "write",    "respond",   "draft",       "greet",     "welcome",
      "accept", "decline",  "refuse",   "confirm",   "agree",       "apologise", "apologize",
      "invite", "mention",  "explain",  "propose",   "suggest",     "promise",   "offer",
      "warn",   "assure",   "complain", "insist",    "recommend",   "stress",    "emphasise",
      "wish",   "announce", "request",  "emphasize", "congratulate"};
  return words.contains(word);
}

/// What opens a note to the writer, though an answer may have it further on.
bool opens_order(std::string_view word) {
  static const std::unordered_set<std::string_view> words{
      "send",     "forward", "attach", "attached", "short",    "brief",  "briefly",
      "friendly", "warm",    "formal", "casual",   "polite",   "kindly", "politely",
      "re",       "about",   "share",  "report",   "describe", "to",     "introduce"};
  return words.contains(word);
}

std::string written_out(const std::string& word) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 10> shorter{
      {{"w/", "with"},
       {"w/o", "without"},
       {"&", "and"},
       {"pls", "please"},
       {"plz", "please"},
       {"thx", "thanks"},
       {"mtg", "meeting"},
       {"bc", "because"},
       {"appt", "appointment"},
       {"u", "you"}}};
  const std::string_view bare =
      std::string_view(word).substr(0, word.find_last_not_of(",.;:!?") + 1);
  for (const auto& [from, to] : shorter)
    if (bare == from) return std::string(to) + word.substr(bare.size());
  return word;
}

bool ends_clause(const std::string& word) {
  return std::string_view(",.;:!?").find(word.back()) != std::string_view::npos;
}

/// One line of a note as a sentence.
std::string sentence(std::string_view line) {
  std::string text;
  for (const auto& word : split_words(line)) text += (text.empty() ? "" : " ") + written_out(word);
  while (!text.empty() && std::string_view(",;:-").find(text.back()) != std::string_view::npos)
    text.pop_back();
  if (text.empty()) return text;
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  if (std::string_view(".?!").find(text.back()) == std::string_view::npos) text += '.';
  return text;
}

bool speaks_to_the_writer(const std::vector<std::string>& words) {
  static const std::unordered_set<std::string_view> joints{"and", "but", "then", "so", "also"};
  bool clause_begins = true;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string word = lower_case(strip_punctuation(words[i]));
    if (clause_begins && (is_act_of_writing(word) || (i == 0 && opens_order(word)))) return true;
    clause_begins = ends_clause(words[i]) || joints.contains(word);
  }
  return false;
}

bool names_somebody_else(const std::string& incoming, const std::string& to_name) {
  const std::string reader = canonical_words(to_name);
  return std::ranges::any_of(find_facts(incoming), [&](const Fact& fact) {
    return fact.kind == "name" && reader.find(canonical_words(fact.text)) == reader.npos;
  });
}

/// "he" is the reader, who would be "you", unless the mail that is answered speaks of a man or
/// names somebody too.
bool speaks_of_the_reader(const std::string& note, const std::string& incoming,
                          const std::string& to_name) {
  if (names_somebody_else(incoming, to_name)) return false;
  const std::string told = canonical_words(note), asked = canonical_words(incoming);
  const auto names_one = [](const std::string& text, std::span<const std::string_view> pronouns) {
    return std::ranges::any_of(pronouns,
                               [&](std::string_view word) { return text.find(word) != text.npos; });
  };
  constexpr std::array<std::string_view, 3> he{" he ", " him ", " his "};
  constexpr std::array<std::string_view, 3> she{" she ", " her ", " hers "};
  return (names_one(told, he) && !names_one(asked, he)) ||
         (names_one(told, she) && !names_one(asked, she));
}

std::string_view without_bullet(std::string_view line) {
  return line.substr(std::min(line.find_first_not_of("-* "), line.size()));
}

}  // namespace

std::string note_answer(const std::string& note, const std::string& incoming,
                        const std::string& to_name) {
  const auto words = split_words(note);
  if (incoming.empty() || words.empty() || words.size() > most_words ||
      speaks_to_the_writer(words) || speaks_of_the_reader(note, incoming, to_name))
    return {};
  std::string answer;
  for (std::size_t begin = 0; begin < note.size();) {
    const std::size_t end = std::min(note.find('\n', begin), note.size());
    const auto line = without_bullet(std::string_view(note).substr(begin, end - begin));
    if (const std::string text = sentence(line); !text.empty())
      answer += (answer.empty() ? "" : " ") + text;
    begin = end + 1;
  }
  return answer;
}

std::string framed_like(const std::string& answer, const std::string& body,
                        const std::string& opening, const std::string& to_name) {
  const MailParts parts = split_mail(body, {}, to_name);
  const std::string& greeting = opening.empty() ? parts.greeting : opening;
  std::string text = greeting.empty() ? answer : greeting + "\n\n" + answer;
  if (!parts.sign_off.empty()) text += "\n\n" + parts.sign_off;
  return text;
}

}  // namespace sancho::core

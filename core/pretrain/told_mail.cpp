#include "core/pretrain/told_mail.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "core/drafting/grounding.h"
#include "core/playback/text_words.h"

namespace sancho::core {

namespace {

constexpr std::size_t longest_sentence = 30;  // words
constexpr std::size_t most_sentences = 5;
constexpr std::size_t most_words = 70;

/// Where a mail's sentences lie in its text, and with them what stands before and after.
struct Places {
  std::vector<std::pair<std::size_t, std::size_t>> sentences;  // begin, end
};

Places find_sentences(const CorpusMail& mail) {
  Places places;
  std::size_t from = 0;
  for (const auto& sentence : split_mail(mail.text, mail.from_name, mail.to_name).sentences) {
    const auto at = mail.text.find(sentence, from);
    if (at == std::string::npos) return {};
    places.sentences.emplace_back(at, at + sentence.size());
    from = at + sentence.size();
  }
  return places;
}

/// True for a sentence that leans on the one before.
bool leans_back(std::string_view sentence) {
  static const std::unordered_set<std::string> words{
      "he",   "she", "it",      "they", "this", "that", "these", "those", "also",  "so",
      "then", "but", "however", "and",  "or",   "it's", "his",   "her",   "their", "otherwise"};
  const auto first = split_words(sentence.substr(0, 40));
  return !first.empty() && words.contains(lower_case(strip_punctuation(first.front())));
}

bool is_person(std::string_view word) {
  static const std::unordered_set<std::string> others{
      "hi",      "hello", "hey",    "dear",      "good",   "morning",      "afternoon",
      "evening", "all",   "team",   "folks",     "guys",   "everyone",     "greetings",
      "and",     "to",    "sir",    "madam",     "thanks", "thank",        "thx",
      "regards", "best",  "cheers", "love",      "later",  "sincerely",    "you",
      "again",   "much",  "bye",    "gentlemen", "ladies", "there",        "many",
      "take",    "care",  "wishes", "kind",      "warm",   "respectfully", "talk",
      "soon",    "yours", "truly",  "ciao",      "fyi",    "hola"};
  return !word.empty() && is_upper(word) && !others.contains(lower_case(word)) &&
         word.find_first_of("0123456789@:/") == word.npos;
}

/// The last words of `line` that name a person, at most three; empty where it ends otherwise.
std::string name_at_end(std::string_view line) {
  const auto words = split_words(line);
  std::size_t first = words.size();
  while (first > 0 && words.size() - first < 3 && is_person(strip_punctuation(words[first - 1])) &&
         (first == words.size() || words[first - 1].back() != ','))
    --first;
  const std::vector<std::string> name(words.begin() + static_cast<std::ptrdiff_t>(first),
                                      words.end());
  return std::string(strip_punctuation(join(name, " ")));
}

}  // namespace

CorpusMail excerpt(const CorpusMail& mail, std::mt19937_64& random) {
  const auto places = find_sentences(mail).sentences;
  if (places.size() < 2) return mail;
  const auto text_of = [&](std::size_t i) {
    return std::string_view(mail.text).substr(places[i].first, places[i].second - places[i].first);
  };
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < places.size(); ++i)
    if (i == 0 || !leans_back(text_of(i))) starts.push_back(i);
  const std::size_t first = random() % 2 == 0 ? 0 : starts[random() % starts.size()];
  const std::size_t wanted = 1 + random() % most_sentences;
  std::size_t last = first, words = 0;
  while (last < places.size() && last - first < wanted) {
    const auto count = split_words(text_of(last)).size();
    if (last > first && (count > longest_sentence || words + count > most_words)) break;
    words += count;
    ++last;
  }
  CorpusMail part = mail;
  const auto begin = places[first].first, end = places[last - 1].second;
  part.text = mail.text.substr(0, places.front().first) + mail.text.substr(begin, end - begin) +
              mail.text.substr(places.back().second);
  return part;
}

CorpusMail with_names_used(CorpusMail mail) {
  const auto parts = split_mail(mail.text, mail.from_name, mail.to_name);
  std::vector<std::string> called;
  for (const auto& word : split_words(parts.greeting))
    if (const auto bare = strip_punctuation(word); is_person(bare)) called.emplace_back(bare);
  if (!called.empty() && called.size() <= 2) mail.to_name = join(called, " ");
  const auto line = parts.sign_off.rfind('\n');
  const auto signed_as = name_at_end(
      std::string_view(parts.sign_off).substr(line == std::string::npos ? 0 : line + 1));
  if (!signed_as.empty() && signed_as.size() <= 24) mail.from_name = signed_as;
  return mail;
}

bool tells_the_truth(const PromptParts& parts, const std::string& target,
                     const std::string& subject) {
  std::vector<FactSource> sources{{"me", parts.me},
                                  {"incoming", parts.incoming},
                                  {"to", parts.to_name},
                                  {"instruction", parts.instruction}};
  for (const auto& mail : parts.related) sources.push_back({"related", mail});
  const auto known = [](const std::vector<GroundedFact>& facts) {
    return std::ranges::none_of(facts, [](const auto& fact) { return fact.source == "none"; });
  };
  const std::array<FactSource, 3> given{FactSource{"mail", target}, FactSource{"subject", subject},
                                        FactSource{"to", parts.to_name}};
  return known(ground_facts(target, sources)) && known(ground_facts(parts.instruction, given));
}

}  // namespace sancho::core

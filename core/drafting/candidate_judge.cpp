#include "core/drafting/candidate_judge.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "core/playback/text_words.h"

namespace sancho::core {
namespace {

constexpr double fact_weight = 2, word_weight = 1;
constexpr double cost_of_invention = 0.3, cost_of_order = 0.2, cost_of_repetition = 0.1,
                 cost_of_no_end = 0.5, cost_of_oddity = 0.06, worth_of_likelihood = 0.1,
                 worth_of_read_back = 0.15, worth_of_owners_words = 0.05;
constexpr double ordinary = -3;  // log p of a token that nobody would wonder at

/// Words that say what to do with the mail instead of what it shall say.
bool directs(const std::string& word) {
  static const std::unordered_set<std::string> words{
      "tell",   "ask",      "say",      "write",  "let",       "know",     "remind",  "send",
      "reply",  "answer",   "mail",     "email",  "note",      "mention",  "explain", "short",
      "polite", "politely", "friendly", "brief",  "briefly",   "please",   "him",     "her",
      "them",   "whether",  "short",    "formal", "casual",    "thank",    "confirm", "decline",
      "accept", "refuse",   "invite",   "agree",  "apologise", "apologize"};
  return words.contains(word);
}

/// Words that open an order to the writer: a mail that has them with what follows repeats the order
/// instead of carrying it out.
bool orders(const std::string& word) {
  static const std::unordered_set<std::string> words{
      "tell",    "ask",    "say",       "remind",    "let",     "inform",       "write",  "thank",
      "decline", "refuse", "apologise", "apologize", "forward", "congratulate", "mention"};
  return words.contains(word);
}

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  if (!part.empty())
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size() - 1))
      ++count;
  return count;
}

/// A word less what its inflection may change.
std::string stem(const std::string& word) {
  constexpr std::size_t shortest = 4;
  for (const std::string_view ending : {"ing", "ies", "ed", "es", "s", "e", "y"})
    if (word.size() >= shortest + ending.size() && word.ends_with(ending))
      return word.substr(0, word.size() - ending.size());
  return word;
}

/// How often two neighbouring words, not both of them small ones, stand in a mail once more.
std::size_t repetitions(const std::string& canonical_body) {
  const auto words = split_words(canonical_body);
  std::unordered_set<std::string> pairs;
  std::size_t count = 0;
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    if (!is_stop_word(words[i]) || !is_stop_word(words[i + 1]))
      count += !pairs.insert(std::string(words[i]) + ' ' + std::string(words[i + 1])).second;
  return count;
}

bool says(const std::string& canonical_body, const std::string& demand) {
  if (canonical_body.find(demand) != std::string::npos) return true;
  // One word may be inflected: " remind " is said by " reminding ".
  const bool one_word = demand.find(' ', 1) + 1 == demand.size();
  return one_word && demand.size() > 5 &&
         canonical_body.find(" " + stem(demand.substr(1, demand.size() - 2))) != std::string::npos;
}

}  // namespace

double CandidateScore::total() const {
  return coverage - cost_of_invention * static_cast<double>(invented) -
         cost_of_order * static_cast<double>(passed_on) -
         cost_of_repetition * static_cast<double>(repeated) - (complete ? 0.0 : cost_of_no_end) -
         cost_of_oddity * oddity + worth_of_likelihood * log_likelihood +
         worth_of_read_back * read_back + (owners_words ? worth_of_owners_words : 0.0);
}

CandidateJudge::CandidateJudge(const std::string& instruction, const std::string& reader,
                               std::vector<FactSource> sources)
    : sources_(std::move(sources)) {
  const auto add = [&](const std::string& text, double weight) {
    std::string words = canonical_words(text);
    const bool known = std::ranges::any_of(
        demands_, [&](const Demand& d) { return d.words.find(words) != std::string::npos; });
    if (words.size() > 2 && !known) demands_.push_back({std::move(words), weight});
  };
  for (const Fact& fact : find_facts(instruction)) add(fact.text, fact_weight);
  for (const std::string& word : split_words(instruction)) {
    const std::string bare = lower_case(strip_punctuation(word));
    if (bare.size() > 1 && !is_stop_word(bare) && !directs(bare)) add(bare, word_weight);
  }
  const auto words = split_words(canonical_words(instruction));
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    if (orders(words[i]) && words[i + 1] != "me" && words[i + 1] != "us")
      orders_.push_back(" " + words[i] + " " + words[i + 1] + " ");
  if (const auto names = split_words(canonical_words(reader)); !names.empty())
    reader_ = " " + names.front() + " ";
}

CandidateScore CandidateJudge::score(const std::string& body,
                                     const engine::GenerateResult& written) const {
  CandidateScore score;
  if (!written.tokens.empty())
    score.log_likelihood = written.log_likelihood / static_cast<double>(written.tokens.size());
  score.oddity = std::max(0.0, ordinary - written.least_likely);
  score.complete = written.finish == engine::FinishReason::stop_token;
  const std::string words = canonical_words(body);
  double asked = 0, said = 0;
  for (const Demand& demand : demands_) {
    asked += demand.weight;
    if (says(words, demand.words)) said += demand.weight;
  }
  if (asked > 0) score.coverage = said / asked;
  for (const std::string& order : orders_) score.passed_on += occurrences(words, order);
  score.repeated = repetitions(words);
  // Whoever is greeted by name is "you" from then on.
  const auto greeting = body.find('\n');
  if (greeting != std::string::npos)
    score.passed_on += occurrences(canonical_words(body.substr(greeting)), reader_);
  const auto facts = ground_facts(body, sources_);
  score.invented = static_cast<std::size_t>(
      std::ranges::count_if(facts, [](const GroundedFact& f) { return f.source == "none"; }));
  return score;
}

}  // namespace sancho::core

#include "core/pretrain/corpus_clauses.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <span>
#include <unordered_set>

#include "core/playback/shorthand.h"
#include "core/playback/text_words.h"

namespace sancho::core {

namespace {

using Words = std::vector<std::string>;
using WordSet = std::unordered_set<std::string_view>;

constexpr std::size_t fewest_words = 3, most_words = 15, longest_reason = 7;

/// A plain sentence without its mark: words, commas and numbers only; nothing otherwise.
std::optional<Words> plain_words(std::string_view sentence) {
  while (!sentence.empty() && std::string_view(".!?").find(sentence.back()) != sentence.npos)
    sentence.remove_suffix(1);
  const bool plain = std::ranges::all_of(sentence, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) ||
           std::string_view(" ,'-$%:.&").find(c) != std::string_view::npos;
  });
  if (!plain) return {};
  Words words = split_words(sentence);
  if (words.size() < fewest_words || words.size() > most_words) return {};
  static const WordSet abbreviations{"Mr", "Mrs", "Ms", "Dr", "Mt", "St", "Gov", "No"};
  if (abbreviations.contains(words.back())) return {};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    // "x. Y" is two sentences, "PLEASE" is shouting.
    if ((word.back() == '.' && i + 1 < words.size()) || word.size() > 20) return {};
    if (word.size() > 5 && std::ranges::none_of(word, [](char c) { return c >= 'a' && c <= 'z'; }))
      return {};
  }
  return words;
}

bool has_any(std::span<const std::string> words, const WordSet& wanted) {
  return std::ranges::any_of(
      words, [&](const auto& word) { return wanted.contains(strip_punctuation(word)); });
}

/// The words with the reader marked, as in the tables: "your" becomes <his>, "you" as an object
/// <him>. Nothing where "you" is more than that.
std::optional<std::string> marked(std::span<const std::string> words) {
  static const WordSet after_object{"a",     "an",   "the",  "on",   "at",   "by",    "with",
                                    "in",    "for",  "when", "as",   "to",   "about", "from",
                                    "and",   "some", "my",   "our",  "this", "that",  "tomorrow",
                                    "today", "next", "more", "<his>"};
  static const WordSet others{"yours", "yourself", "you're", "you'll", "you've", "you'd"};
  if (words.empty() || has_any(words, others)) return {};
  Words out(words.begin(), words.end());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto bare = strip_punctuation(words[i]);
    const std::string low = lower_case(bare);
    const auto put = [&](const char* mark) {
      out[i].replace(out[i].find(bare), bare.size(), mark);
    };
    if (low == "your") put("<his>");
    if (low != "you") continue;
    const bool last = i + 1 == words.size() || words[i].back() == ',';
    if (i == 0 || (!last && !after_object.contains(lower_case(words[i + 1])))) return {};
    put("<him>");
  }
  return join(out, " ");
}

std::string lower_first(std::string word) {
  if (word.size() < 2 || !std::isupper(static_cast<unsigned char>(word[1])))
    word[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(word[0])));
  return word;
}

bool is_verb_like(std::string_view word) {
  static const WordSet no_verbs{"the",  "a",    "an",  "note", "not",    "it",    "this",
                                "that", "find", "see", "be",   "also",   "and",   "if",
                                "in",   "on",   "to",  "feel", "advise", "refer", "do"};
  static const WordSet ly_verbs{"reply", "apply", "supply", "comply", "rely"};
  return word.size() > 2 && std::islower(static_cast<unsigned char>(word[0])) &&
         std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; }) &&
         (word.size() < 6 || !word.ends_with("ing")) &&
         (!word.ends_with("ly") || ly_verbs.contains(word)) && !no_verbs.contains(word);
}

bool is_past(std::string_view word) {
  static const WordSet irregular{"sent", "got",  "spoke", "met",  "found", "left",  "made",
                                 "took", "put",  "went",  "gave", "told",  "saw",   "heard",
                                 "paid", "read", "wrote", "lost", "had",   "bought"};
  static const WordSet no_acts{"need",     "wanted",  "hoped",  "liked",
                               "believed", "guessed", "noticed"};
  return (word.ends_with("ed") && !no_acts.contains(word)) || irregular.contains(word);
}

/// True where `words` start with these.
bool opens(const Words& words, std::initializer_list<std::string_view> start) {
  return words.size() > start.size() &&
         std::equal(start.begin(), start.end(), words.begin(),
                    [](auto a, const auto& b) { return lower_case(b) == a; });
}

/// Finds the clauses of one sentence.
class Reader {
 public:
  /// `add(slot, phrase)`.
  template <class Add>
  static void read(std::string_view sentence, const Add& add) {
    const auto plain = plain_words(sentence);
    if (!plain) return;
    const Words& words = *plain;
    if (sentence.back() == '?') return read_question(words, add);
    if (sentence.back() != '.') return;
    read_reason(words, add);
    if (opens(words, {"please"})) return add_request(words, 1, add);
    if (opens(words, {"i'll"}) && is_verb_like(words[1])) return add_part("my", words, 1, add);
    if (opens(words, {"i", "will"}) && is_verb_like(words[2])) return add_part("my", words, 2, add);
    if (opens(words, {"i"}) && is_past(words[1])) add_part("did", words, 1, add);
    if (opens(words, {"i", "have"}) && is_past(words[2])) add_part("done", words, 2, add);
    read_of_reader(words, add);
    read_fact(words, add);
  }

 private:
  template <class Add>
  static void add_part(const char* slot, const Words& words, std::size_t from, const Add& add) {
    if (words.size() - from < 2) return;
    if (const auto phrase = marked(std::span(words).subspan(from))) add(slot, *phrase);
  }

  template <class Add>
  static void add_request(const Words& words, std::size_t from, const Add& add) {
    if (words.size() > from && lower_case(words[from]) == "please") ++from;
    if (words.size() > from && is_verb_like(words[from])) add_part("do", words, from, add);
  }

  template <class Add>
  static void read_question(const Words& words, const Add& add) {
    for (const auto* modal : {"could", "can", "would", "will"})
      if (opens(words, {modal, "you"})) return add_request(words, 2, add);
    const auto rest = [&](std::size_t from) { return marked(std::span(words).subspan(from)); };
    std::string whole = join(words, " ") + "?";
    whole[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(whole[0])));
    if (opens(words, {"have", "you"}) && is_past(words[2])) {
      add_part("done", words, 2, add);
      if (const auto text = rest(2)) add("q", "if <he> <has> " + *text + "|" + whole);
    }
    if (opens(words, {"are", "you"}))
      if (const auto text = rest(2)) add("q", "if <he> <is> " + *text + "|" + whole);
    if (opens(words, {"do", "you", "have"}))
      if (const auto text = rest(3)) add("q", "if <he> <has> " + *text + "|" + whole);
    for (const auto* verb : {"need", "want", "know"})
      if (opens(words, {"do", "you", verb}))
        if (const auto text = rest(3))
          add("q", std::string("if <he> ") + verb + "<s> " + *text + "|" + whole);
    for (const auto* asked : {"what", "when", "where", "who", "how"})
      for (const auto* is : {"is", "are", "was"})
        if (opens(words, {asked, is}) && words.size() <= 7 && ends_as_noun(words))
          if (const auto text = rest(2))
            add("q", std::string(asked) + " " + *text + " " + is + "|" + whole);
  }

  /// "What is the status of the deal", not "what is going on".
  static bool ends_as_noun(const Words& words) {
    static const WordSet determiners{"the", "your", "our", "my", "his", "her", "their"};
    return determiners.contains(words[2]) && words.back().size() > 3 &&
           !words.back().ends_with("ing") && !words.back().ends_with("ed") &&
           std::ranges::find(words, "to") == words.end();
  }

  template <class Add>
  static void read_reason(const Words& words, const Add& add) {
    static const WordSet subjects{"I", "we", "the", "our", "my", "there", "they", "nobody"};
    for (std::size_t i = 2; i + 3 < words.size(); ++i) {
      const bool joint = words[i] == "because" ||
                         ((words[i] == "as" || words[i] == "since") && words[i - 1].back() == ',');
      if (joint && subjects.contains(words[i + 1])) return add_part("why", words, i + 1, add);
    }
  }

  template <class Add>
  static void read_of_reader(const Words& words, const Add& add) {
    static const WordSet modals{"can", "should", "may", "will", "must", "could"};
    const auto rest = [&](std::size_t from) { return marked(std::span(words).subspan(from)); };
    if (opens(words, {"you", "have"}) || opens(words, {"you", "are"})) {
      if (const auto text = rest(2))
        add("you", (words[1] == "have" ? "<he> <has> " : "<he> <is> ") + *text);
    } else if (opens(words, {"you"}) && modals.contains(words[1])) {
      if (const auto text = rest(2)) add("you", "<he> " + words[1] + " " + *text);
    } else if (opens(words, {"your"})) {
      if (const auto text = rest(1)) add("you", "<his> " + *text);
    } else if (opens(words, {"i"}) || opens(words, {"we"})) {
      const auto text = marked(words);
      if (text && text->find("<hi") != std::string::npos) add("you", lower_first(*text));
    }
  }

  /// Statements that stand by themselves and do not speak of the reader.
  template <class Add>
  static void read_fact(const Words& words, const Add& add) {
    static const WordSet firsts{"The", "Our", "My", "There", "We", "I", "Everyone", "Nobody"};
    static const WordSet reader{"you", "your", "You", "Your"};
    static const WordSet told{"hope", "think", "guess", "am", "would", "appreciate", "apologize"};
    if (!firsts.contains(words[0]) || has_any(words, reader)) return;
    if (words[0] == "I" && told.contains(words[1])) return;
    const auto phrase = marked(words);
    if (!phrase) return;
    add("fact", lower_first(*phrase));
    if (words.size() <= longest_reason) add("why", lower_first(*phrase));
    if (words[0] == "The" || words[0] == "There") add("says", lower_first(*phrase));
  }
};

}  // namespace

CorpusClauses::CorpusClauses(const Corpus& corpus, std::size_t heldout_percent) {
  std::set<std::string> seen;
  const auto add = [&](const char* slot, const std::string& phrase) {
    if (!seen.insert(std::string(slot) + "\t" + phrase).second) return;
    auto& clauses = slots_[slot];
    // A third are noted in fewer words than they are written in.
    const auto shorter = telegraphic(phrase);
    const bool whole = clauses.size() % 3 > 0 || phrase.find('|') != phrase.npos;
    clauses.push_back(whole || shorter == phrase ? phrase : shorter + "|" + phrase);
  };
  for (const auto& mail : corpus.mails) {
    if (is_heldout(mail.author, heldout_percent)) continue;
    for (const auto& sentence : split_mail(mail.text, mail.from_name, mail.to_name).sentences)
      Reader::read(sentence, add);
  }
}

const std::vector<std::string>& CorpusClauses::of(std::string_view slot) const {
  static const std::vector<std::string> none;
  const auto found = slots_.find(slot);
  return found == slots_.end() ? none : found->second;
}

}  // namespace sancho::core

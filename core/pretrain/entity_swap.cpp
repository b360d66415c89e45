#include "core/pretrain/entity_swap.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <span>

#include "core/playback/instruction_writer.h"
#include "core/playback/text_words.h"

namespace sancho::core {

namespace {

using Random = EntitySwap::Random;

constexpr double invented_share = 0.25;  // of names: made of syllables, in no inventory
constexpr double thing_share = 0.3;      // of names that are no person's: replaced

constexpr std::array<std::string_view, 7> weekdays{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};
constexpr std::array<std::string_view, 12> months{"January",   "February", "March",    "April",
                                                  "May",       "June",     "July",     "August",
                                                  "September", "October",  "November", "December"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80;
}
bool is_word_char(char c) {
  return is_letter(c) || is_digit(c);
}

std::size_t below(Random& random, std::size_t count) {
  return static_cast<std::size_t>(random() % count);
}
bool chance(Random& random, double share) {
  return static_cast<double>(random() >> 11) * 0x1.0p-53 < share;
}

template <class Container>
const auto& any_of(const Container& items, Random& random) {
  return items[below(random, items.size())];
}

std::string capitalised(std::string word) {
  word[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(word[0])));
  return word;
}

/// A pronounceable word that no list holds.
std::string invented_word(Random& random) {
  static constexpr std::array<const char*, 24> onsets{"b",  "br", "c", "d",  "dr", "f", "g", "h",
                                                      "j",  "k",  "l", "m",  "n",  "p", "r", "s",
                                                      "sh", "st", "t", "th", "v",  "w", "y", "z"};
  static constexpr std::array<const char*, 12> vowels{"a", "e", "i",  "o",  "u",  "ee",
                                                      "a", "e", "ia", "ai", "oo", "o"};
  static constexpr std::array<const char*, 12> codas{"", "",  "n",  "r",  "l", "s",
                                                     "", "m", "ck", "nd", "t", "x"};
  std::string word;
  const std::size_t syllables = 2 + below(random, 2);
  for (std::size_t i = 0; i < syllables; ++i) {
    word += any_of(onsets, random);
    word += any_of(vowels, random);
    if (i + 1 == syllables || below(random, 3) == 0) word += any_of(codas, random);
  }
  return word;
}

/// `word` in the form of `model`: its case, and its first three letters where that has but three.
std::string shaped(std::string_view word, std::string_view model) {
  std::string out(model.size() <= 4 && model.size() >= 3 && word.size() > model.size()
                      ? word.substr(0, model.size())
                      : word);
  if (model.size() > 1 && std::isupper(static_cast<unsigned char>(model[1])))
    for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (std::islower(static_cast<unsigned char>(model[0]))) out = lower_case(out);
  return out;
}

/// Another entry of a calendar table for a word that names or shortens one of them; empty where it
/// does not.
std::string other_of(std::span<const std::string_view> table, std::string_view word,
                     Random& random) {
  if (word.size() < 3) return {};
  const auto low = lower_case(word);
  for (const auto entry : table)
    if (low == lower_case(entry) || low == lower_case(entry.substr(0, 3)) ||
        (word.size() == 4 && low == lower_case(entry.substr(0, 4))))
      return shaped(any_of(table, random), word);
  return {};
}

std::string digits(std::string_view run, Random& random) {
  std::string out(run);
  if (out == "1" || out == "0") return out;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i > 0 && out[i] == '0' && chance(random, 0.8)) continue;
    out[i] = static_cast<char>(
        '0' + (i == 0 && run[0] != '0' ? 1 + below(random, 9) : below(random, 10)));
  }
  return out;
}

/// `text` with its runs of digits and of letters rewritten by the two functions.
template <class OnDigits, class OnLetters>
std::string rewrite(std::string_view text, OnDigits on_digits, OnLetters on_letters) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto run = [&](auto test) {
      std::size_t end = i;
      while (end < text.size() && test(text[end])) ++end;
      return text.substr(i, end - i);
    };
    if (const auto number = run(is_digit); !number.empty()) {
      out += on_digits(number);
      i += number.size();
    } else if (const auto word = run(is_letter); !word.empty()) {
      out += on_letters(word);
      i += word.size();
    } else {
      out += text[i++];
    }
  }
  return out;
}

std::string ordinal(std::size_t day) {
  const bool teen = day / 10 == 1;
  return std::to_string(day) + (teen            ? "th"
                                : day % 10 == 1 ? "st"
                                : day % 10 == 2 ? "nd"
                                : day % 10 == 3 ? "rd"
                                                : "th");
}

std::string other_date(std::string_view text, Random& random) {
  const bool numeric = text.find('/') != text.npos;
  std::size_t number = 0;
  bool suffix = false;
  return rewrite(
      text,
      [&](std::string_view run) {
        ++number;
        suffix = false;
        if (run.size() == 4) return std::to_string(1995 + below(random, 35));
        if (numeric && number == 3) return std::string(run);
        if (numeric && number == 1) return std::to_string(1 + below(random, 12));
        const std::size_t day = 1 + below(random, 28);
        const auto after = run.data() + run.size();
        suffix = after != text.data() + text.size() && is_letter(*after);
        return suffix ? ordinal(day) : std::to_string(day);
      },
      [&](std::string_view word) {
        if (std::exchange(suffix, false)) return std::string();
        if (auto day = other_of(weekdays, word, random); !day.empty()) return day;
        if (auto month = other_of(months, word, random); !month.empty()) return month;
        return std::string(word);
      });
}

std::string other_time(std::string_view text, Random& random) {
  static constexpr std::array<const char*, 6> minutes{"00", "15", "30", "30", "45", "20"};
  bool hour = true;
  std::string out = rewrite(
      text,
      [&](std::string_view run) {
        const bool is_hour = hour || run.size() != 2;
        hour = false;
        return is_hour ? std::to_string(1 + below(random, 12))
                       : std::string(any_of(minutes, random));
      },
      [](std::string_view word) { return std::string(word); });
  return out;
}

std::string other_file(std::string_view text, Random& random) {
  const auto dot = text.rfind('.');
  std::string stem = invented_word(random);
  if (chance(random, 0.5)) stem += (chance(random, 0.5) ? "_" : "-") + invented_word(random);
  if (chance(random, 0.5)) stem += std::to_string(1 + below(random, 2030));
  static constexpr std::array<const char*, 6> kinds{"xls", "doc", "pdf", "xlsx", "docx", "csv"};
  const std::string kind =
      chance(random, 0.5) ? any_of(kinds, random) : std::string(text.substr(dot + 1));
  return stem + "." + kind;
}

std::string other_link(std::string_view text, Random& random) {
  return rewrite(
      text, [&](std::string_view run) { return digits(run, random); },
      [&](std::string_view word) {
        static constexpr std::array<std::string_view, 9> kept{"http", "https", "www", "com", "org",
                                                              "net",  "html",  "asp", "htm"};
        const auto low = lower_case(word);
        return word.size() < 3 || std::ranges::find(kept, low) != kept.end()
                   ? std::string(word)
                   : invented_word(random);
      });
}

void sort_unique(std::vector<std::string>& words) {
  std::ranges::sort(words);
  words.erase(std::unique(words.begin(), words.end()), words.end());
}

bool holds(const std::vector<std::string>& sorted, const std::string& word) {
  return std::ranges::binary_search(sorted, word);
}

bool is_name_word(std::string_view word) {
  return word.size() >= 3 && word.size() <= 14 && is_upper(word) &&
         std::ranges::all_of(word, is_letter) &&
         std::ranges::all_of(word.substr(1),
                             [](char c) { return !std::isupper(static_cast<unsigned char>(c)); }) &&
         !opens_sentences(lower_case(word));
}

std::string any_name(const std::vector<std::string>& list, Random& random) {
  return list.empty() || chance(random, invented_share) ? capitalised(invented_word(random))
                                                        : any_of(list, random);
}

}  // namespace

EntitySwap::EntitySwap(const Corpus& corpus) {
  std::map<std::string, std::size_t> people, families, things;
  std::map<std::string, bool> authors;
  for (const auto& mail : corpus.mails) {
    if (is_name_word(mail.to_name)) ++people[mail.to_name];
    if (is_name_word(mail.from_name) && authors.emplace(mail.author, true).second)
      people[mail.from_name] += 2;
    const auto local = mail.author.substr(0, mail.author.find('@'));
    if (const auto dot = local.rfind('.'); dot != local.npos && dot + 3 < local.size())
      if (const auto name = capitalised(local.substr(dot + 1)); is_name_word(name))
        ++families[name];
    for (const auto& fact : find_facts(mail.text))
      if (fact.kind == "name" && is_name_word(fact.text)) ++things[fact.text];
  }
  for (const auto& [name, count] : people)
    if (count >= 3) people_.push_back(name);
  for (const auto& [name, count] : families) families_.push_back(name);
  for (const auto& [name, count] : things)
    if (count >= 3 && !people.contains(name)) things_.push_back(name);
  for (auto* list : {&people_, &families_, &things_}) sort_unique(*list);
}

std::string EntitySwap::person(Random& random) const {
  return any_name(people_, random);
}
std::string EntitySwap::family(Random& random) const {
  return any_name(families_, random);
}
std::string EntitySwap::thing(Random& random) const {
  return any_name(things_, random);
}
std::string EntitySwap::file(Random& random) const {
  return other_file("a.txt", random);
}
std::string EntitySwap::link(Random& random) const {
  return other_link(chance(random, 0.5) ? "http://www.name.com/word" : "www.site.org", random);
}

std::string EntitySwap::other_name(const std::string& word, Random& random) const {
  if (holds(people_, word)) return person(random);
  if (holds(families_, word) && !holds(things_, word)) return family(random);
  if (!chance(random, thing_share)) return word;
  if (std::ranges::all_of(word,
                          [](char c) { return std::isupper(static_cast<unsigned char>(c)); })) {
    std::string acronym(word.size(), 'A');
    for (char& c : acronym) c = static_cast<char>('A' + below(random, 26));
    return acronym;
  }
  return is_name_word(word) ? thing(random) : word;
}

EntitySwap::Mapping EntitySwap::draw(std::string_view text, Random& random) const {
  std::map<std::string, std::string> map;
  for (const auto& fact : find_facts(text)) {
    const auto put = [&](const std::string& from, std::string to) {
      if (from != to) map.emplace(from, std::move(to));
    };
    if (fact.kind == "name") {
      for (const auto& part : split_words(fact.text)) {
        const std::string word(strip_punctuation(part));
        if (!word.empty() && !map.contains(word)) put(word, other_name(word, random));
      }
    } else if (map.contains(fact.text)) {
      continue;
    } else if (fact.kind == "date") {
      put(fact.text, other_date(fact.text, random));
    } else if (fact.kind == "time") {
      put(fact.text, other_time(fact.text, random));
    } else if (fact.kind == "file") {
      put(fact.text, other_file(fact.text, random));
    } else if (fact.kind == "link") {
      put(fact.text, other_link(fact.text, random));
    } else {
      put(fact.text, rewrite(
                         fact.text, [&](std::string_view run) { return digits(run, random); },
                         [](std::string_view word) { return std::string(word); }));
    }
  }
  Mapping mapping(map.begin(), map.end());
  std::ranges::stable_sort(mapping, std::greater{},
                           [](const auto& entry) { return entry.first.size(); });
  return mapping;
}

std::string EntitySwap::apply(const Mapping& mapping, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const bool at_start = i == 0 || !is_word_char(text[i - 1]) || !is_word_char(text[i]);
    const auto hit = !at_start ? mapping.end() : std::ranges::find_if(mapping, [&](const auto& e) {
      const auto end = i + e.first.size();
      return text.substr(i).starts_with(e.first) &&
             (end == text.size() || !is_word_char(text[end]) || !is_word_char(text[end - 1]));
    });
    if (hit == mapping.end()) {
      out += text[i++];
    } else {
      out += hit->second;
      i += hit->first.size();
    }
  }
  return out;
}

CorpusMail EntitySwap::swapped(const CorpusMail& mail, Random& random) const {
  Mapping mapping = draw(mail.text + "\n" + mail.incoming + "\n" + mail.subject, random);
  for (const auto& name : {mail.to_name, mail.from_name})
    for (const auto& word : split_words(name))
      if (holds(people_, word) &&
          std::ranges::none_of(mapping, [&](const auto& entry) { return entry.first == word; }))
        mapping.emplace_back(word, other_name(word, random));
  CorpusMail other = mail;
  for (auto* field :
       {&other.from_name, &other.to_name, &other.subject, &other.incoming, &other.text})
    *field = apply(mapping, *field);
  return other;
}

}  // namespace sancho::core

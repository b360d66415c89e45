#include <algorithm>
#include <cctype>
#include <unordered_set>

#include "core/playback/instruction_writer.h"
#include "core/playback/text_words.h"

namespace sancho::core {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

struct Token {
  std::size_t begin = 0, end = 0;  // without punctuation around it
  std::string_view text;
  std::string lower;
  bool starts_sentence = false;
  bool alone = false;  // the only words of its line are capitalised: a name line
  char after = ' ';    // the character that follows
  char before = ' ';
};

std::vector<Token> tokenize(std::string_view text) {
  std::vector<Token> tokens;
  bool start = true;
  std::size_t i = 0, line_begin = 0;
  const auto end_line = [&] {
    const auto count = tokens.size() - line_begin;
    const bool names = count >= 1 && count <= 3 &&
                       std::all_of(tokens.begin() + static_cast<std::ptrdiff_t>(line_begin),
                                   tokens.end(), [](const Token& t) { return is_upper(t.text); });
    if (names)
      for (std::size_t k = line_begin; k < tokens.size(); ++k) tokens[k].alone = true;
    line_begin = tokens.size();
  };
  while (i < text.size()) {
    const char c = text[i];
    if (c == '\n') {
      end_line();
      start = true;
    }
    if (std::isspace(static_cast<unsigned char>(c))) {
      ++i;
      continue;
    }
    const auto begin = i;
    while (i < text.size() && !std::isspace(static_cast<unsigned char>(text[i]))) ++i;
    std::string_view raw = text.substr(begin, i - begin);
    std::string_view bare = strip_punctuation(raw);
    if (bare.empty()) {
      if (raw.find_first_of(".!?:") != raw.npos || raw == "--" || raw == "-") start = true;
      continue;
    }
    Token t;
    t.begin = static_cast<std::size_t>(bare.data() - text.data());
    if (t.begin > begin &&
        std::string_view("$+.").find(text[t.begin - 1]) != std::string_view::npos)
      --t.begin;
    t.end = static_cast<std::size_t>(bare.data() + bare.size() - text.data());
    if (t.end < text.size() && text[t.end] == '%') ++t.end;
    t.text = text.substr(t.begin, t.end - t.begin);
    if (t.text.size() > 2 && (t.text.ends_with("'s") || t.text.ends_with("'S"))) {
      t.end -= 2;
      t.text.remove_suffix(2);
    }
    t.lower = lower_case(t.text);
    t.starts_sentence = start;
    t.before = t.begin > begin ? text[t.begin - 1] : ' ';
    t.after = t.end < text.size() ? text[t.end] : ' ';
    start = raw.find_first_of(".!?:", t.end - begin) != raw.npos;
    tokens.push_back(t);
  }
  end_line();
  return tokens;
}

bool all_digits(std::string_view s) {
  return !s.empty() && std::ranges::all_of(s, is_digit);
}

bool only(std::string_view s, std::string_view allowed) {
  return std::ranges::all_of(
      s, [&](char c) { return is_digit(c) || allowed.find(c) != std::string_view::npos; });
}

/// Lengths of the digit groups between `-`, `.`, `(`, `)` and `/`.
std::vector<std::size_t> digit_groups(std::string_view s) {
  std::vector<std::size_t> groups(1, 0);
  for (char c : s)
    if (is_digit(c))
      ++groups.back();
    else if (groups.back() > 0)
      groups.push_back(0);
  if (groups.back() == 0) groups.pop_back();
  return groups;
}

bool is_phone(std::string_view s) {
  if (!only(s, "+-.()")) return false;
  const auto g = digit_groups(s);
  if (s.starts_with('+')) return true;
  using Groups = std::vector<std::size_t>;
  return g == Groups{3, 3, 4} || g == Groups{1, 3, 3, 4} ||
         (g == Groups{3, 4} && s.find('-') != s.npos);
}

bool is_clock(std::string_view s) {
  const auto colon = s.find(':');
  if (colon == s.npos || colon == 0 || colon > 2 || colon + 3 > s.size()) return false;
  return all_digits(s.substr(0, colon)) && all_digits(s.substr(colon + 1, 2)) &&
         (colon + 3 == s.size() || !is_digit(s[colon + 3]));
}

bool is_half_day(std::string_view lower) {
  return lower == "am" || lower == "pm" || lower == "a.m" || lower == "p.m";
}

bool is_month(const std::string& lower) {
  static const std::unordered_set<std::string> names{
      "january",   "february", "march",    "april",    "may",  "june", "july", "august",
      "september", "october",  "november", "december", "jan",  "feb",  "mar",  "apr",
      "jun",       "jul",      "aug",      "sep",      "sept", "oct",  "nov",  "dec"};
  return names.contains(lower);
}

bool is_day_word(const Token& t) {
  static const std::unordered_set<std::string> words{
      "monday",   "tuesday",    "wednesday", "thursday", "friday",    "saturday",
      "sunday",   "today",      "tomorrow",  "tonight",  "yesterday", "mondays",
      "tuesdays", "wednesdays", "thursdays", "fridays"};
  static const std::unordered_set<std::string> short_words{"mon", "tue",  "tues",  "wed",
                                                           "thu", "thur", "thurs", "fri"};
  return words.contains(t.lower) || (is_upper(t.text) && short_words.contains(t.lower));
}

bool is_day_number(const Token& t) {
  if (t.text.empty() || !is_digit(t.text[0])) return false;
  std::string_view s = t.lower;
  for (std::string_view suffix : {"st", "nd", "rd", "th"})
    if (s.ends_with(suffix)) s.remove_suffix(2);
  return all_digits(s) && s.size() <= 2;
}

bool is_year(std::string_view s) {
  return s.size() == 4 && all_digits(s) && (s.starts_with("19") || s.starts_with("20"));
}

bool is_link(const std::string& lower) {
  if (lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("www."))
    return true;
  const auto at = lower.find('@');
  if (at != lower.npos) return at > 0 && lower.find('.', at) != lower.npos;
  for (std::string_view domain : {".com", ".org", ".net", ".edu", ".gov"}) {
    const auto dot = lower.find(domain);
    if (dot != lower.npos && dot > 0 && (dot + 4 == lower.size() || lower[dot + 4] == '/'))
      return true;
  }
  return false;
}

bool is_file(const std::string& lower) {
  static const std::unordered_set<std::string> extensions{
      "doc", "docx", "xls",  "xlsx", "pdf", "ppt", "pptx", "txt", "zip",
      "csv", "jpg",  "jpeg", "png",  "gif", "htm", "html", "mdb", "odt",
      "ods", "rtf",  "wav",  "mp3",  "log", "xml", "json", "tar", "gz"};
  const auto dot = lower.rfind('.');
  return dot != lower.npos && dot > 0 && extensions.contains(lower.substr(dot + 1));
}

bool is_unit(const std::string& lower) {
  static const std::unordered_set<std::string> units{
      "million", "billion", "thousand", "percent", "dollars", "euros", "mw",     "mwh", "kw",
      "kwh",     "mmbtu",   "bcf",      "mmcf",    "cents",   "k",     "mb",     "gb",  "hours",
      "minutes", "days",    "weeks",    "months",  "years",   "hour",  "minute", "day", "week",
      "month",   "year",    "miles",    "people",  "pages",   "copies"};
  return units.contains(lower);
}

bool is_acronym(const Token& t) {
  return t.text.size() >= 2 && t.text.size() <= 6 &&
         std::ranges::all_of(t.text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_plain_capital(const std::string& lower) {
  static const std::unordered_set<std::string> words{
      "i",   "ok",  "pm",  "am",  "fyi", "asap", "re",   "fw",   "fwd",
      "ps",  "p.s", "a.m", "p.m", "cc",  "etc",  "i'm",  "i'll", "i've",
      "i'd", "lol", "tbd", "thx", "pls", "plz",  "rsvp", "btw",  "a"};
  return words.contains(lower) || is_stop_word(lower);
}

}  // namespace

std::vector<Fact> find_facts(std::string_view text) {
  const auto tokens = tokenize(text);
  std::unordered_set<std::string> inner_capitals;
  std::size_t capitals = 0, letters = 0;
  for (const auto& t : tokens) {
    if (!t.starts_sentence && is_upper(t.text)) inner_capitals.insert(t.lower);
    for (char c : t.text) {
      letters += std::isalpha(static_cast<unsigned char>(c)) != 0;
      capitals += std::isupper(static_cast<unsigned char>(c)) != 0;
    }
  }
  const bool shouting = letters > 0 && capitals * 2 > letters && tokens.size() > 3;

  std::vector<Fact> facts;
  const auto add = [&](std::size_t first, std::size_t last, const char* kind) {
    auto words = text.substr(tokens[first].begin, tokens[last].end - tokens[first].begin);
    if (tokens[first].before == '(' && words.find(')') != words.npos)
      words = text.substr(tokens[first].begin - 1, words.size() + 1);
    const std::string fact = join(split_words(words), " ");
    if (std::ranges::none_of(facts, [&](const Fact& f) { return f.text == fact; }))
      facts.push_back({fact, kind});
    return last + 1;
  };
  const auto near = [&](std::size_t i) {  // the next token follows on the same line
    return i + 1 < tokens.size() &&
           text.substr(tokens[i].end, tokens[i + 1].begin - tokens[i].end).find('\n') ==
               std::string_view::npos;
  };

  for (std::size_t i = 0; i < tokens.size();) {
    const Token& t = tokens[i];
    const bool has_digit = std::ranges::any_of(t.text, is_digit);
    const Token* const next = near(i) ? &tokens[i + 1] : nullptr;

    if (is_link(t.lower)) {
      i = add(i, i, "link");
    } else if (is_file(t.lower)) {
      i = add(i, i, "file");
    } else if (is_phone(t.text)) {
      i = add(i, i, "phone");
    } else if (t.before == '(' && t.after == ')' && t.text.size() == 3 && all_digits(t.text) &&
               next && digit_groups(next->text) == std::vector<std::size_t>{3, 4}) {
      i = add(i, i + 1, "phone");
    } else if (near(i) && near(i + 1) && all_digits(t.text) && t.text.size() == 3 &&
               all_digits(next->text) && next->text.size() == 3 && all_digits(tokens[i + 2].text) &&
               tokens[i + 2].text.size() == 4) {
      i = add(i, i + 2, "phone");
    } else if ((t.lower == "extension" || t.lower == "ext" || t.lower == "x") && next &&
               all_digits(next->text)) {
      i = add(i, i + 1, "phone");
    } else if (t.lower.size() >= 4 && t.lower[0] == 'x' && all_digits(t.lower.substr(1))) {
      i = add(i, i, "phone");
    } else if (t.lower == "noon" || t.lower == "midnight") {
      i = add(i, i, "time");
    } else if (is_clock(t.text)) {
      i = add(i, next && is_half_day(next->lower) ? i + 1 : i, "time");
    } else if (has_digit && is_digit(t.text[0]) &&
               (t.lower.ends_with("am") || t.lower.ends_with("pm")) &&
               only(t.lower.substr(0, t.lower.size() - 2), ":-")) {
      i = add(i, i, "time");
    } else if (has_digit && t.text.size() <= 5 && only(t.text, ":-") && next &&
               is_half_day(next->lower)) {
      i = add(i, i + 1, "time");
    } else if (is_month(t.lower) && (is_upper(t.text) || t.lower.size() > 3) && next &&
               (is_day_number(*next) || is_year(next->text))) {
      std::size_t last = i + 1;
      if (!is_year(next->text) && near(last) && is_year(tokens[last + 1].text)) ++last;
      i = add(i, last, "date");
    } else if (is_day_number(t) && next && is_month(next->lower) && is_upper(next->text)) {
      std::size_t last = i + 1;
      if (near(last) && is_year(tokens[last + 1].text)) ++last;
      i = add(i, last, "date");
    } else if (is_day_word(t) ||
               (is_month(t.lower) && is_upper(t.text) && t.lower.size() > 3 &&
                !(t.starts_sentence && (t.lower == "may" || t.lower == "march")))) {
      i = add(i, i, "date");
    } else if (has_digit && only(t.text, "/-") && t.text.find('/') != t.text.npos &&
               std::ranges::all_of(digit_groups(t.text),
                                   [](std::size_t n) { return n <= 2 || n == 4; })) {
      i = add(i, i, "date");
    } else if (is_year(t.text) ||
               (t.text.size() == 10 && digit_groups(t.text) == std::vector<std::size_t>{4, 2, 2})) {
      i = add(i, i, "date");
    } else if (has_digit && t.text.size() > 2 && is_digit(t.text[0]) && is_day_number(t)) {
      const bool ordinal = !all_digits(t.text);
      i = add(i, i, ordinal ? "date" : "amount");
    } else if (has_digit &&
               (is_digit(t.text[0]) || t.text[0] == '$' || t.before == '.' || t.text[0] == '+')) {
      const bool list_mark = t.starts_sentence && t.text.size() <= 2 && all_digits(t.text) &&
                             (t.after == '.' || t.after == ')');
      if (list_mark)
        ++i;
      else
        i = add(i, next && is_unit(next->lower) ? i + 1 : i, "amount");
    } else if (has_digit && is_upper(t.text)) {
      i = add(i, i, "name");
    } else if (is_upper(t.text) && !shouting && !is_plain_capital(t.lower)) {
      const bool acronym = is_acronym(t);
      std::size_t last = i;
      while (near(last) && is_upper(tokens[last + 1].text) &&
             !is_plain_capital(tokens[last + 1].lower) && !is_day_word(tokens[last + 1]) &&
             !tokens[last + 1].starts_sentence &&
             (tokens[last].after == ' ' || tokens[last].after == '.') && last - i < 4 &&
             std::ranges::none_of(tokens[last + 1].text, is_digit))
        ++last;
      const bool certain = !t.starts_sentence || acronym || inner_capitals.contains(t.lower) ||
                           (t.alone && !opens_sentences(t.lower));
      const bool emphasis = acronym && (opens_sentences(t.lower) || (next && is_acronym(*next)) ||
                                        (i > 0 && is_acronym(tokens[i - 1])));
      if (t.text.size() == 1 || emphasis || (t.starts_sentence && opens_sentences(t.lower)))
        ++i;  // the rest of the run is looked at by itself
      else if (certain || last > i)
        i = add(i, last, "name");
      else
        i = last + 1;
    } else {
      ++i;
    }
  }
  return facts;
}

}  // namespace sancho::core

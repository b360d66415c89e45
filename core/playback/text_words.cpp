#include "core/playback/text_words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_set>

namespace sancho::core {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_word_byte(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u >= 0x80 || std::isalnum(u) != 0;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

bool starts_list_item(std::string_view line) {
  line = trim(line);
  if (line.empty()) return false;
  if (line[0] == '-' || line[0] == '*' || line[0] == 'o') return line.size() > 1 && line[1] == ' ';
  std::size_t digits = 0;
  while (digits < line.size() && std::isdigit(static_cast<unsigned char>(line[digits]))) ++digits;
  return digits > 0 && digits < 3 && digits < line.size() &&
         (line[digits] == '.' || line[digits] == ')');
}

bool ends_abbreviation(std::string_view text) {
  static constexpr std::array<std::string_view, 17> known{
      "mr",  "mrs", "ms",  "dr",  "st",   "no", "vs", "etc",   "e.g",
      "i.e", "a.m", "p.m", "inc", "corp", "co", "jr", "approx"};
  const auto start = text.find_last_of(" \n(");
  const auto word = lower_case(start == std::string_view::npos ? text : text.substr(start + 1));
  return (word.size() == 1 && word != "i") || std::ranges::find(known, word) != known.end();
}

std::size_t word_count(std::string_view text) {
  return split_words(text).size();
}

/// One to four capitalised words, as a name alone on its line.
bool is_name_line(std::string_view line, std::string_view name) {
  const auto words = split_words(line);
  if (words.empty() || words.size() > 4) return false;
  const auto first = lower_case(strip_punctuation(words.front()));
  const auto name_words = split_words(lower_case(name));
  if (!name_words.empty() && first == name_words.front()) return true;
  if (line.find_first_of(".!?:;") != std::string_view::npos && words.size() > 1) return false;
  return std::ranges::all_of(words, [](const std::string& w) {
    const auto bare = strip_punctuation(w);
    return is_upper(bare) && !is_stop_word(lower_case(bare)) && bare.size() < 16;
  });
}

bool is_greeting(std::string_view line, std::string_view to_name) {
  static const std::unordered_set<std::string> openers{
      "hi",       "hello", "hey",   "dear",   "good",      "greetings", "all",   "team",
      "everyone", "guys",  "folks", "ladies", "gentlemen", "hola",      "buddy", "morning"};
  const auto words = split_words(line);
  if (words.empty() || words.size() > 6) return false;
  const auto first = lower_case(strip_punctuation(words.front()));
  if (words.size() == 1 && line.back() == ',' && !opens_sentences(first)) return true;
  if (line.back() == '?' || line.back() == '.') return false;
  if (openers.contains(first) && (first != "good" || words.size() < 4)) return true;
  const char last = line.back();
  if ((last == ',' || last == ':' || last == '-' || last == '!') && words.size() <= 4 &&
      is_upper(line) && !is_closing(line) && !is_stop_word(first))
    return std::ranges::all_of(words, [](const std::string& w) {
      const auto bare = strip_punctuation(w);
      return bare.empty() || is_upper(bare) || lower_case(bare) == "and";
    });
  if (words.size() == 1 && is_name_line(line, {}) && !opens_sentences(first)) return true;
  const auto names = split_words(lower_case(to_name));
  return words.size() <= 2 && !names.empty() && first == names.front();
}

}  // namespace

bool is_closing(std::string_view line) {
  static const std::unordered_set<std::string> words{"thanks",
                                                     "thank you",
                                                     "thx",
                                                     "regards",
                                                     "best",
                                                     "best regards",
                                                     "kind regards",
                                                     "many thanks",
                                                     "sincerely",
                                                     "cheers",
                                                     "love",
                                                     "take care",
                                                     "best wishes",
                                                     "warm regards",
                                                     "thanks again",
                                                     "thanks much",
                                                     "thanks a lot",
                                                     "yours",
                                                     "yours truly",
                                                     "thank you very much",
                                                     "thanks so much",
                                                     "thanks in advance",
                                                     "very truly yours",
                                                     "warmest regards",
                                                     "respectfully",
                                                     "talk to you soon",
                                                     "see you soon",
                                                     "ciao",
                                                     "later",
                                                     "gracias",
                                                     "saludos"};
  return words.contains(lower_case(strip_punctuation(line)));
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::size_t i = 0;
  while (i < text.size()) {
    while (i < text.size() && is_space(text[i])) ++i;
    const auto start = i;
    while (i < text.size() && !is_space(text[i])) ++i;
    if (i > start) words.emplace_back(text.substr(start, i - start));
  }
  return words;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (const auto& part : parts) {
    if (!out.empty()) out += separator;
    out += part;
  }
  return out;
}

std::string_view strip_punctuation(std::string_view word) {
  while (!word.empty() && !is_word_byte(word.front())) word.remove_prefix(1);
  while (!word.empty() && !is_word_byte(word.back())) word.remove_suffix(1);
  return word;
}

bool is_upper(std::string_view word) {
  if (word.empty()) return false;
  const auto first = static_cast<unsigned char>(word[0]);
  if (first >= 'A' && first <= 'Z') return true;
  return first == 0xC3 && word.size() > 1 && static_cast<unsigned char>(word[1]) < 0x9F;
}

bool is_stop_word(std::string_view word) {
  static const std::unordered_set<std::string_view> words{
      "a",         "an",      "the",      "this",      "that",   "these",      "those",
      "i",         "me",      "my",       "mine",      "we",     "us",         "our",
      "ours",      "you",     "your",     "yours",     "he",     "him",        "his",
      "she",       "her",     "hers",     "it",        "its",    "they",       "them",
      "their",     "who",     "whom",     "whose",     "which",  "what",       "when",
      "where",     "why",     "how",      "am",        "is",     "are",        "was",
      "were",      "be",      "been",     "being",     "do",     "does",       "did",
      "have",      "has",     "had",      "will",      "would",  "shall",      "should",
      "can",       "could",   "may",      "might",     "must",   "of",         "in",
      "on",        "at",      "to",       "for",       "from",   "by",         "with",
      "about",     "into",    "onto",     "over",      "under",  "after",      "before",
      "between",   "through", "during",   "without",   "within", "as",         "than",
      "and",       "or",      "but",      "nor",       "so",     "if",         "then",
      "because",   "since",   "while",    "although",  "though", "not",        "no",
      "yes",       "ok",      "okay",     "also",      "just",   "very",       "too",
      "here",      "there",   "now",      "please",    "pls",    "plz",        "thanks",
      "thank",     "hi",      "hello",    "hey",       "dear",   "any",        "some",
      "all",       "each",    "every",    "both",      "either", "neither",    "one",
      "more",      "most",    "other",    "such",      "only",   "own",        "same",
      "up",        "down",    "out",      "off",       "again",  "once",       "let",
      "let's",     "i'm",     "i'll",     "i've",      "i'd",    "we're",      "we'll",
      "we've",     "it's",    "that's",   "there's",   "don't",  "doesn't",    "didn't",
      "can't",     "won't",   "isn't",    "aren't",    "wasn't", "you're",     "you'll",
      "you've",    "they're", "he's",     "she's",     "what's", "here's",     "per",
      "re",        "fw",      "fwd",      "fyi",       "via",    "get",        "got",
      "sorry",     "hope",    "well",     "like",      "still",  "even",       "much",
      "many",      "regards", "best",     "sincerely", "cheers", "however",    "unfortunately",
      "attached",  "until",   "above",    "below",     "great",  "sounds",     "looks",
      "see",       "good",    "further",  "everyone",  "anyone", "everything", "anything",
      "something", "nothing", "maybe",    "perhaps",   "sure",   "call",       "check",
      "ask",       "tell",    "send",     "give",      "enjoy",  "love",       "congratulations",
      "happy",     "another", "regarding"};
  return words.contains(word);
}

bool opens_sentences(std::string_view word) {
  static const std::unordered_set<std::string_view> words{
      "did",      "have",      "had",        "forward",    "print",     "talk",       "talked",
      "spoke",    "met",       "found",      "put",        "use",       "using",      "make",
      "made",     "take",      "bring",      "meet",       "leave",     "left",       "need",
      "want",     "know",      "try",        "keep",       "set",       "schedule",   "move",
      "add",      "change",    "cancel",     "confirm",    "review",    "update",     "updated",
      "remember", "welcome",   "back",       "today",      "tomorrow",  "next",       "last",
      "first",    "second",    "finally",    "currently",  "recently",  "yesterday",  "based",
      "given",    "contact",   "email",      "speak",      "read",      "run",        "buy",
      "sell",     "pay",       "book",       "order",      "copy",      "following",  "including",
      "whether",  "according", "subject",    "date",       "sent",      "cc",         "from",
      "good",     "nice",      "new",        "old",        "big",       "come",       "go",
      "going",    "think",     "wish",       "help",       "work",      "working",    "anyway",
      "actually", "basically", "definitely", "absolutely", "hopefully", "apparently", "obviously",
      "right",    "wow",       "oh",         "yeah",       "yep",       "nope",       "cool",
      "fine",     "perfect",   "excellent",  "awesome",    "agreed",    "done",       "please",
      "never",    "always",    "ever",       "nobody",     "somebody",  "someone",    "people",
      "two",      "three",     "four",       "five",       "don't",     "maybe",      "later",
      "soon",     "early",     "late",       "glad",       "looking",   "seems",      "got",
      "let",      "lets"};
  return is_stop_word(word) || words.contains(word);
}

std::string unwrap(std::string_view text) {
  constexpr std::size_t wrapped_at = 55;  // a shorter line ended where its author wanted
  std::string out;
  std::size_t last_length = 0;
  text = trim(text);
  const auto lines = split_lines(text);
  for (const std::string_view& line : lines) {
    const auto bare = trim(line);
    if (bare.empty()) {
      if (!out.ends_with("\n\n") && !out.empty()) out += out.ends_with('\n') ? "\n" : "\n\n";
      last_length = 0;
      continue;
    }
    if (!out.empty() && !out.ends_with('\n')) {
      const bool goes_on = bare[0] >= 'a' && bare[0] <= 'z' && last_length >= 20;
      const bool signs =
          &line == &lines.back() && bare.size() < 20 && is_upper(bare) && lines.size() > 1;
      const bool joined = !signs && (goes_on || last_length >= wrapped_at) && last_length <= 90 &&
                          !starts_list_item(bare);
      out += joined ? ' ' : '\n';
    }
    for (std::size_t i = 0; i < bare.size(); ++i) {
      const bool space = bare[i] == ' ' || bare[i] == '\t';
      if (!space)
        out += bare[i];
      else if (!out.ends_with(' '))
        out += ' ';
    }
    last_length = bare.size();
  }
  while (out.ends_with('\n')) out.pop_back();
  return out;
}

std::vector<std::string> split_sentences(std::string_view text) {
  std::vector<std::string> sentences;
  for (std::string_view line : split_lines(text)) {
    std::size_t start = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] != '.' && line[i] != '?' && line[i] != '!') continue;
      const auto before = line.substr(start, i - start);
      while (i + 1 < line.size() && std::string_view(".?!\")'").find(line[i + 1]) != line.npos) ++i;
      if (i + 1 < line.size() && line[i + 1] != ' ') continue;
      if (line[i] == '.' && ends_abbreviation(before) && i + 1 < line.size()) continue;
      auto next = i + 1;
      while (next < line.size() && line[next] == ' ') ++next;
      if (next < line.size() && line[i] == '.' && line[next] >= 'a' && line[next] <= 'z' &&
          before.ends_with('.'))
        continue;
      const auto sentence = trim(line.substr(start, i + 1 - start));
      if (!strip_punctuation(sentence).empty()) sentences.emplace_back(sentence);
      start = next;
      i = next == 0 ? 0 : next - 1;
    }
    if (start < line.size() && !strip_punctuation(line.substr(start)).empty())
      sentences.emplace_back(trim(line.substr(start)));
  }
  return sentences;
}

MailParts split_mail(std::string_view body, std::string_view from_name, std::string_view to_name) {
  const std::string text = unwrap(body);
  std::vector<std::string_view> lines;
  for (const auto line : split_lines(text))
    if (!trim(line).empty()) lines.push_back(trim(line));
  MailParts parts;
  std::size_t first = 0, last = lines.size();
  if (lines.size() > 1 && is_greeting(lines[0], to_name)) {
    parts.greeting = lines[0];
    first = 1;
  }
  // A signature block: a name line near the end and the address lines below it.
  for (std::size_t i = lines.size() > 6 ? lines.size() - 6 : first + 1; i > first && i < last; ++i)
    if (is_name_line(lines[i], from_name)) {
      last = i;
      break;
    }
  while (last > first + 1 &&
         (is_closing(lines[last - 1]) || is_name_line(lines[last - 1], from_name) ||
          lines[last - 1].find_first_not_of("-_=* ") == std::string_view::npos))
    --last;
  for (std::size_t i = last; i < lines.size(); ++i) {
    if (!parts.sign_off.empty()) parts.sign_off += '\n';
    parts.sign_off += lines[i];
  }
  for (std::size_t i = first; i < last; ++i) {
    std::string_view line = lines[i];
    if (i == first && parts.greeting.empty()) {
      // "Ellen:  Please give me a call …", "Hi Bob, …"
      const auto mark = line.find_first_of(",:-!");
      if (mark != std::string_view::npos && mark + 2 < line.size() &&
          word_count(line.substr(0, mark)) <= 3 && is_greeting(line.substr(0, mark + 1), to_name)) {
        parts.greeting = line.substr(0, mark + 1);
        line = line.substr(mark + 1);
        while (!line.empty() && !is_word_byte(line.front())) line.remove_prefix(1);
      }
    }
    for (auto& sentence : split_sentences(line)) parts.sentences.push_back(std::move(sentence));
  }
  // "… tomorrow. Thanks, Kate" on the last line.
  if (parts.sentences.size() > 1) {
    const auto words = split_words(parts.sentences.back());
    if (words.size() <= 3 &&
        (is_closing(parts.sentences.back()) ||
         (!words.empty() && is_closing(words.front()) && words.front().back() == ',') ||
         (words.size() == 1 && is_name_line(words.front(), from_name) && !from_name.empty() &&
          lower_case(from_name).starts_with(lower_case(strip_punctuation(words.front())))))) {
      parts.sign_off =
          parts.sentences.back() + (parts.sign_off.empty() ? "" : "\n") + parts.sign_off;
      parts.sentences.pop_back();
    }
  }
  return parts;
}

}  // namespace sancho::core

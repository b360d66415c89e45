#include "core/drafting/letter_case.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/playback/instruction_writer.h"
#include "core/playback/text_words.h"

namespace sancho::core {
namespace {

constexpr std::array<std::string_view, 18> capitalised{
    "monday",    "tuesday", "wednesday", "thursday", "friday", "saturday",
    "sunday",    "january", "february",  "april",    "june",   "july",
    "september", "october", "november",  "december", "easter", "christmas"};
// A stop behind one of these ends no sentence.
constexpr std::array<std::string_view, 17> abbreviations{
    "approx", "etc", "incl", "resp", "dept", "tel", "ext", "nos", "no",
    "nr",     "st",  "vs",   "cf",   "ca",   "pp",  "mr",  "dr"};

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

void raise(char& c) {
  if (is_lower(c)) c = static_cast<char>(c - 'a' + 'A');
}

/// The word that ends before `end`.
std::string_view word_before(std::string_view text, std::size_t end) {
  std::size_t begin = end;
  while (begin > 0 && is_letter(text[begin - 1])) --begin;
  return text.substr(begin, end - begin);
}

void raise_names(std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_lower(text[i]) || (i > 0 && text[i - 1] != ' ' && text[i - 1] != '\n')) continue;
    for (const auto name : capitalised)
      if (text.compare(i, name.size(), name) == 0 &&
          (i + name.size() == text.size() || !is_letter(text[i + name.size()])))
        raise(text[i]);
  }
}

/// True where the first sentence below the greeting begins with a capital.
bool begins_large(std::string_view text) {
  auto begin = text.find("\n\n");
  begin = begin == text.npos ? 0 : begin + 2;
  return begin < text.size() && !is_lower(text[begin]);
}

void raise_sentences(std::string& text) {
  for (std::size_t i = 2; i < text.size(); ++i) {
    if (text[i - 1] != ' ' || std::string_view(".?!").find(text[i - 2]) == std::string_view::npos)
      continue;
    const auto word = word_before(text, i - 2);
    const bool whole = word.size() >= 2 && is_lower(word.back());
    if (whole && std::ranges::find(abbreviations, word) == abbreviations.end()) raise(text[i]);
  }
}

void settle_articles(std::string& text, std::string_view told) {
  const bool may_shout = told.find(" A ") != std::string_view::npos;
  const auto at = [&](std::size_t i) { return i < text.size() ? text[i] : ' '; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char before = i == 0 ? '\n' : text[i - 1];
    if (before != ' ' && before != '\n') continue;
    if (text[i] == 'i' && (at(i + 1) == ' ' || at(i + 1) == '\'')) text[i] = 'I';
    const char word_end = i >= 2 ? text[i - 2] : ' ';
    const bool within =
        before == ' ' && (is_lower(word_end) || is_digit(word_end) || word_end == ',');
    if (text[i] == 'A' && at(i + 1) == ' ' && within && is_lower(at(i + 2)) && !may_shout)
      text[i] = 'a';
  }
}

void restore(std::string& text, std::string_view told) {
  for (const auto& fact : find_facts(told)) {
    if (fact.kind != "file" && fact.kind != "link") continue;
    const std::string wanted = lower_case(fact.text), low = lower_case(text);
    for (auto at = low.find(wanted); at != low.npos; at = low.find(wanted, at + wanted.size()))
      text.replace(at, wanted.size(), fact.text);
  }
}

}  // namespace

std::string settle_case(const std::string& body, std::string_view told) {
  std::string text = body;
  settle_articles(text, told);
  raise_names(text);
  if (begins_large(text)) raise_sentences(text);
  restore(text, told);
  return text;
}

}  // namespace sancho::core

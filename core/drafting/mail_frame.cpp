#include "core/drafting/mail_frame.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

#include "core/playback/text_words.h"

namespace sancho::core {
namespace {

constexpr std::size_t lines_of_an_ending = 5;
constexpr std::size_t words_of_a_signature = 4;  // in a line

struct Line {
  std::size_t begin = 0, end = 0;  // in the body
  std::string_view text;           // trimmed
};

std::vector<Line> lines_of(std::string_view body) {
  std::vector<Line> lines;
  for (std::size_t begin = 0; begin <= body.size();) {
    const std::size_t end = std::min(body.find('\n', begin), body.size());
    const std::string_view text = trim(body.substr(begin, end - begin));
    if (!text.empty()) lines.push_back({begin, end, text});
    begin = end + 1;
  }
  return lines;
}

/// One or two capitalised words without the end of a sentence: somebody's name, or "P.S.".
bool is_bare_name(std::string_view line) {
  const auto words = split_words(line);
  return words.size() <= 2 && line.find_first_of("?!:") == std::string_view::npos &&
         std::ranges::all_of(words, [](const std::string& w) {
           return is_upper(strip_punctuation(w)) &&
                  !opens_sentences(lower_case(strip_punctuation(w)));
         });
}

/// A dash with a word behind it, or no letters at all.
bool is_scrap(std::string_view line) {
  const bool has_letter = std::ranges::any_of(
      line, [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; });
  return !has_letter || (line.starts_with('-') && split_words(line).size() <= 3);
}

/// A closing line with its comma behind the greeting and something said: what follows it belongs to
/// another mail.
bool ends_mail(const std::vector<Line>& lines, std::size_t i) {
  return i >= 2 && lines[i].text.ends_with(',') && is_closing(lines[i].text) &&
         !is_closing(lines[i - 1].text);
}

/// `body` up to the end of its closing line, a word for the family made one for anybody.
std::string closed_at(const std::string& body, const Line& closing) {
  if (lower_case(strip_punctuation(closing.text)) != "love") return body.substr(0, closing.end);
  return body.substr(0, closing.begin) + "Best,";
}

std::string signed_with(std::string body, const std::string& name) {
  while (!body.empty() && std::isspace(static_cast<unsigned char>(body.back()))) body.pop_back();
  return name.empty() ? body : body + "\n\n" + name;
}

}  // namespace

std::string settle_signature(const std::string& body, const std::string& name) {
  const auto lines = lines_of(body);
  if (lines.empty()) return body;
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (ends_mail(lines, i)) return signed_with(closed_at(body, lines[i]), name);
  // From the end up to a closing line, with nothing but short lines below it.
  for (std::size_t back = 1; back <= lines_of_an_ending && back < lines.size(); ++back) {
    const Line& line = lines[lines.size() - back];
    if (is_closing(line.text) && !is_closing(lines[lines.size() - back - 1].text))
      return signed_with(closed_at(body, line), name);
    if (split_words(line.text).size() > words_of_a_signature) break;
  }

  std::size_t kept = lines.size();
  while (kept > 1 && (is_scrap(lines[kept - 1].text) || is_bare_name(lines[kept - 1].text))) --kept;
  return signed_with(body.substr(0, lines[kept - 1].end), name);
}

}  // namespace sancho::core

#include "core/mail/own_words.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace sancho::core {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t kLongestSignature = 30;  // lines behind "-- "

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    lines.push_back(line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return lines;
}

std::string joined(const Lines& lines, std::size_t begin, std::size_t end) {
  while (begin < end && trimmed(lines[begin]).empty()) ++begin;
  while (end > begin && trimmed(lines[end - 1]).empty()) --end;
  std::string out;
  for (std::size_t i = begin; i < end; ++i) {
    if (i > begin) out += '\n';
    out += lines[i];
  }
  while (!out.empty() && (out.back() == ' ' || out.back() == '\t')) out.pop_back();
  return out;
}

bool is_quote(std::string_view line) {
  const std::string_view text = trimmed(line);
  return text.starts_with('>') && !text.starts_with(">>>>>>>");
}

bool is_mobile_tag(std::string_view line) {
  static constexpr std::array<std::string_view, 11> tags{
      "Sent from my ",    "Sent from Yahoo", "Sent from Mail for",  "Sent via ",
      "Sent using ",      "Get Outlook for", "Envoyé de mon",       "Von meinem ",
      "Enviado desde mi", "Inviato da",      "Verzonden vanaf mijn"};
  const std::string_view text = trimmed(line);
  return text.size() < 100 && std::any_of(tags.begin(), tags.end(), [&](std::string_view tag) {
           return text.starts_with(tag);
         });
}

/// Own lines: no quotes, no attribution above a quote; the quoted original and what follows is
/// gone.
Lines without_quotes(const Lines& lines) {
  Lines own;
  const std::size_t end = quoted_original_line(lines);
  for (std::size_t i = 0; i < end; ++i) {
    if (is_quote(lines[i])) continue;
    if (const std::size_t count = attribution_lines(lines, i)) {
      i += count - 1;
      std::size_t next = i + 1;
      while (next < end && trimmed(lines[next]).empty()) ++next;
      if (next < end && !is_quote(lines[next])) break;  // the original stands below without marks
      continue;
    }
    own.push_back(lines[i]);
  }
  return own;
}

/// Where the signature begins: "-- ", a mobile tag; lines.size() where there is none.
std::size_t signature_line(const Lines& lines) {
  for (std::size_t i = lines.size(); i-- > 0;) {
    const std::string_view line = lines[i];
    if (is_mobile_tag(line)) return i;
    if ((line == "-- " || line == "--") && lines.size() - i <= kLongestSignature) return i;
  }
  return lines.size();
}

}  // namespace

std::string_view trimmed(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(" \t\r\n") - begin + 1);
}

OwnWords split_own_words(std::string_view body) {
  const Lines own = without_quotes(lines_of(body));
  const std::size_t signature = signature_line(own);
  return {joined(own, 0, signature), joined(own, signature, own.size())};
}

}  // namespace sancho::core

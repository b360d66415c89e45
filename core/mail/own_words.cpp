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

bool holds(std::string_view text, std::string_view word) {
  return text.find(word) != text.npos;
}

/// A line that only says how to reach someone: a telephone number, an address of mail or web.
bool is_contact(std::string_view line) {
  const std::string_view text = trimmed(line);
  if (text.empty() || text.size() > 70) return false;
  const auto digits =
      std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  const auto letters = std::count_if(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  const bool one_word = text.find(' ') == text.npos;
  return (digits >= 7 && letters <= 16) || (one_word && holds(text, "@") && holds(text, ".")) ||
         (one_word && (text.starts_with("www.") || text.starts_with("http")));
}

/// The last lines before `end` without an empty one between them; [begin, end).
std::size_t block_begin(const Lines& lines, std::size_t end) {
  while (end > 0 && !trimmed(lines[end - 1]).empty()) --end;
  return end;
}

/// A contact block at the end: at most eight short lines, two of them contacts. The first line, the
/// closing name, stays with the text.
std::size_t contact_block(const Lines& lines, std::size_t end) {
  const std::size_t begin = block_begin(lines, end);
  if (end - begin < 3 || end - begin > 8) return end;
  std::size_t contacts = 0;
  for (std::size_t i = begin; i < end; ++i) {
    if (trimmed(lines[i]).size() > 70) return end;
    contacts += is_contact(lines[i]);
  }
  return contacts >= 2 && is_contact(lines[end - 1]) && !is_contact(lines[begin]) ? begin + 1 : end;
}

/// A legal notice as the last paragraph.
std::size_t disclaimer(const Lines& lines, std::size_t end) {
  const std::size_t begin = block_begin(lines, end);
  std::string text;
  for (std::size_t i = begin; i < end; ++i) text.append(lines[i]) += ' ';
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const bool legal =
      holds(text, "confidential") && holds(text, "recipient") &&
      (holds(text, "intended") || holds(text, "disclos") || holds(text, "privileged"));
  return begin > 0 && text.size() > 150 && legal ? begin : end;
}

std::size_t without_blank_end(const Lines& lines, std::size_t end) {
  while (end > 0 && trimmed(lines[end - 1]).empty()) --end;
  return end;
}

/// Where the signature begins; lines.size() where there is none.
std::size_t signature_line(const Lines& lines) {
  std::size_t end = without_blank_end(lines, lines.size());
  end = without_blank_end(lines, disclaimer(lines, end));
  for (std::size_t i = end; i-- > 0 && end - i <= kLongestSignature;) {
    const std::string_view line = lines[i];
    if (line == "-- " || line == "--" || (is_mobile_tag(line) && end - i <= 3)) {
      end = without_blank_end(lines, i);
      break;
    }
  }
  return contact_block(lines, end);
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

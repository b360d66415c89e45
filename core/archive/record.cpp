#include "core/archive/record.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace sancho::core {
namespace {

constexpr char kEntryEnd = '\x1e';
constexpr char kFieldEnd = '\x1f';

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

/// Length of one leading "Re: ", "FW:", "Aw[2]: ", "[list] ", or 0.
std::size_t reply_prefix(std::string_view text) {
  static constexpr std::array<std::string_view, 14> words{
      "re", "fw", "fwd", "aw", "wg", "sv", "vs", "antw", "rif", "r", "tr", "rv", "res", "enc"};
  std::size_t i = 0;
  while (i < text.size() && text[i] >= 'a' && text[i] <= 'z') ++i;
  if (std::find(words.begin(), words.end(), text.substr(0, i)) == words.end()) return 0;
  if (i < text.size() && (text[i] == '[' || text[i] == '(')) {
    while (i < text.size() && text[i] != ']' && text[i] != ')') ++i;
    if (i < text.size()) ++i;
  }
  return i < text.size() && text[i] == ':' ? i + 1 : 0;
}

std::string folded(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == ' ' || c == '\t') {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else {
      out += c;
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace

std::string pack(const std::vector<std::string>& entries) {
  std::string out;
  for (const std::string& entry : entries) out.append(entry) += kEntryEnd;
  return out;
}

std::vector<std::string> unpack(std::string_view column) {
  std::vector<std::string> out;
  for (const std::string_view entry : split(column, kEntryEnd)) out.emplace_back(entry);
  return out;
}

std::string pack_recipients(const Message& message) {
  std::string out;
  const auto add = [&](char kind, const std::vector<Address>& list) {
    for (const Address& address : list)
      (((out += kind) += address.name) += kFieldEnd).append(address.address) += kEntryEnd;
  };
  add('t', message.to);
  add('c', message.cc);
  add('b', message.bcc);
  return out;
}

void unpack_recipients(std::string_view column, Message& message) {
  for (const std::string_view entry : split(column, kEntryEnd)) {
    const std::size_t end = entry.find(kFieldEnd);
    if (end == std::string_view::npos || end < 1) continue;
    Address address{std::string(entry.substr(1, end - 1)), std::string(entry.substr(end + 1))};
    auto& list = entry[0] == 't' ? message.to : entry[0] == 'c' ? message.cc : message.bcc;
    list.push_back(std::move(address));
  }
}

std::string pack_attachments(const std::vector<Attachment>& attachments) {
  std::string out;
  for (const Attachment& attachment : attachments)
    ((((out += attachment.filename) += kFieldEnd) += attachment.content_type) += kFieldEnd)
        .append(std::to_string(attachment.bytes)) += kEntryEnd;
  return out;
}

std::vector<Attachment> unpack_attachments(std::string_view column) {
  std::vector<Attachment> out;
  for (const std::string_view entry : split(column, kEntryEnd)) {
    const std::size_t name = entry.find(kFieldEnd);
    const std::size_t type =
        name == std::string_view::npos ? name : entry.find(kFieldEnd, name + 1);
    if (type == std::string_view::npos) continue;
    Attachment attachment{std::string(entry.substr(0, name)),
                          std::string(entry.substr(name + 1, type - name - 1)), 0};
    std::from_chars(entry.data() + type + 1, entry.data() + entry.size(), attachment.bytes);
    out.push_back(std::move(attachment));
  }
  return out;
}

std::string subject_key(std::string_view subject) {
  std::string text = folded(subject);
  std::string_view rest = text;
  for (bool changed = true; changed;) {
    changed = false;
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    if (const std::size_t prefix = reply_prefix(rest)) {
      rest.remove_prefix(prefix);
      changed = true;
    } else if (const std::size_t close = rest.find("] ");
               rest.starts_with('[') && close != std::string_view::npos && close < 40) {
      rest.remove_prefix(close + 2);
      changed = true;
    }
  }
  return std::string(rest);
}

bool is_reply_subject(std::string_view subject) {
  std::string text = folded(subject);
  std::string_view rest = text;
  if (const std::size_t close = rest.find("] ");
      rest.starts_with('[') && close != std::string_view::npos && close < 40)
    rest.remove_prefix(close + 2);
  return reply_prefix(rest) > 0;
}

std::string person_key(std::string_view name) {
  std::vector<std::string> words(1);
  for (char c : folded(name)) {
    if (c == ' ' || c == ',' || c == '.' || c == '"' || c == '\'')
      words.emplace_back();
    else
      words.back() += c;
  }
  std::erase_if(words, [](const std::string& word) { return word.size() < 2; });
  if (words.size() < 2) return {};
  std::sort(words.begin(), words.end());
  return pack(words);
}

}  // namespace sancho::core

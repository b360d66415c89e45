#include "core/drafting/eml.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <string_view>

namespace sancho::core {
namespace {

constexpr std::size_t line_limit = 76;

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  return line;
}

bool plain_ascii(std::string_view text) {
  return text.find("=?") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// RFC 2047 "Q": encoded words of at most 75 characters, cut between whole UTF-8 characters. ("B"
/// would be shorter for some scripts, but GMime drops what follows a padded word.)
std::string encoded_words(std::string_view text) {
  constexpr std::size_t most_digits = 60;
  std::string words, word;
  const auto end_word = [&] {
    if (word.empty()) return;
    words += (words.empty() ? "=?UTF-8?Q?" : " =?UTF-8?Q?") + word + "?=";
    word.clear();
  };
  for (std::size_t i = 0; i < text.size();) {
    std::string character;  // its bytes, encoded
    do {
      const auto c = static_cast<unsigned char>(text[i++]);
      char code[4];
      std::snprintf(code, sizeof code, c < 0x80 && std::isalnum(c) ? "%c" : "=%02X", c);
      character += code;
    } while (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xc0) == 0x80 &&
             character.size() < 12);
    if (word.size() + character.size() > most_digits) end_word();
    word += character;
  }
  end_word();
  return words;
}

/// A header field, folded before words that would pass the limit.
std::string field(std::string_view name, std::string_view value) {
  std::string out(name);
  out += ':';
  std::size_t column = out.size();
  for (std::size_t begin = 0; begin < value.size();) {
    std::size_t end = std::min(value.find(' ', begin), value.size());
    while (begin == end && end < value.size())
      end = std::min(value.find(' ', end + 1), value.size());
    const auto word = value.substr(begin, end - begin);
    if (column + 1 + word.size() > line_limit && column > name.size() + 1) {
      out += "\r\n";
      column = 0;
    }
    out += ' ';
    out += word;
    column += 1 + word.size();
    begin = end + 1;
  }
  return out + "\r\n";
}

std::string text_value(std::string_view text) {
  const std::string line = one_line(text);
  return plain_ascii(line) ? line : encoded_words(line);
}

std::string mailbox(const Address& who) {
  std::string address;
  for (const char c : who.address)
    if (c > 0x20 && c < 0x7f && c != '<' && c != '>' && c != ',') address += c;
  const std::string name = one_line(who.name);
  if (name.empty()) return address;
  if (!plain_ascii(name)) return encoded_words(name) + " <" + address + ">";
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\" <" + address + ">";
}

std::string message_ids(const std::vector<std::string>& ids) {
  std::string list;
  for (const auto& id : ids) {
    std::string bare;
    for (const char c : id)
      if (c > 0x20 && c < 0x7f && c != '<' && c != '>') bare += c;
    if (!bare.empty()) list += (list.empty() ? "<" : " <") + bare + ">";
  }
  return list;
}

/// RFC 5322 §3.3, in UTC.
std::string date_time(std::int64_t seconds) {
  constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[64];
  std::snprintf(text, sizeof text, "%s, %u %s %d %02d:%02d:%02d +0000",
                days[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

/// RFC 2045 §6.7; LF becomes CRLF.
std::string quoted_printable(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\r') continue;
    if (c == '\n') {
      out += "\r\n";
      column = 0;
      continue;
    }
    const bool line_ends = i + 1 == text.size() || text[i + 1] == '\n' || text[i + 1] == '\r';
    const bool literal =
        (c > 0x20 && c < 0x7f && c != '=') || ((c == ' ' || c == '\t') && !line_ends);
    if (column + (literal ? 1 : 3) > line_limit - 1) {
      out += "=\r\n";
      column = 0;
    }
    // "From " and "." at a line's start are what mailboxes and SMTP would alter.
    if (literal && !(column == 0 && (c == 'F' || c == '.'))) {
      out += c;
      column += 1;
    } else {
      char code[4];
      std::snprintf(code, sizeof code, "=%02X",
                    static_cast<unsigned>(static_cast<unsigned char>(c)));
      out += code;
      column += 3;
    }
  }
  return out + "\r\n";
}

}  // namespace

std::string format_eml(const UnsentMail& mail) {
  std::string out;
  if (!mail.from.address.empty()) out += field("From", mailbox(mail.from));
  std::string recipients;
  for (const auto& who : mail.to) {
    if (!recipients.empty()) recipients += ", ";
    recipients += mailbox(who);
  }
  if (!recipients.empty()) out += field("To", recipients);
  out += field("Subject", text_value(mail.subject));
  out += field("Date", date_time(mail.date));
  if (const auto parent = message_ids({mail.in_reply_to}); !parent.empty()) {
    out += field("In-Reply-To", parent);
    auto chain = mail.references;
    if (chain.empty() || chain.back() != mail.in_reply_to) chain.push_back(mail.in_reply_to);
    out += field("References", message_ids(chain));
  }
  out +=
      "X-Unsent: 1\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: quoted-printable\r\n"
      "\r\n";
  return out + quoted_printable(mail.body);
}

}  // namespace sancho::core

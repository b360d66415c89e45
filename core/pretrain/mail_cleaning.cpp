#include "core/pretrain/mail_cleaning.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <vector>

#include "core/playback/text_words.h"

namespace sancho::core {

namespace {

/// Typewriter form of a character; -1 = drop it.
UChar32 plain(UChar32 c) {
  switch (c) {
    case 0x2018:
    case 0x2019:
    case 0x201B:
    case 0x2032:
    case 0x0092:
    case 0x0091:
      return '\'';
    case 0x201C:
    case 0x201D:
    case 0x2033:
    case 0x0093:
    case 0x0094:
      return '"';
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x0096:
    case 0x0097:
      return '-';
    case 0x00A0:
    case 0x2002:
    case 0x2003:
    case 0x2009:
    case 0x202F:
    case '\t':
      return ' ';
    case 0x2022:
    case 0x00B7:
      return '-';
    case 0xFFFD:
    case 0xFEFF:
    case 0x200B:
    case 0x00AD:
      return -1;
    default:
      return c != '\n' && (c < 0x20 || (c >= 0x7F && c < 0xA0)) ? -1 : c;
  }
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    lines.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

bool opens_quote(std::string_view line) {
  const auto low = lower_case(trim(line));
  if (low.find("original message") != low.npos || low.find("forwarded by") != low.npos ||
      low.find("forwarded message") != low.npos)
    return true;
  for (std::string_view header : {"from:", "to:", "sent:", "cc:", "subject:", "sent by:"})
    if (low.starts_with(header)) return true;
  return low.starts_with("sent from my") || low.starts_with("_____") || low.starts_with("-----") ||
         low.starts_with("=====") || low.starts_with("*****") || low.starts_with(">") ||
         (low.starts_with("on ") && low.ends_with("wrote:")) ||
         low.find("get your free download") != low.npos || low.find("do you yahoo") != low.npos;
}

/// "end of line?Next line" → a line break: where it was lost in the archive.
std::string without_lost_breaks(std::string text) {
  for (std::size_t i = 1; i + 1 < text.size(); ++i)
    if (text[i] == '?' && text[i - 1] != ' ' && text[i - 1] != '?' &&
        (std::isupper(static_cast<unsigned char>(text[i + 1])) != 0))
      text[i] = '\n';
  return text;
}

bool is_ordinary(std::string_view text) {
  std::size_t letters = 0, capitals = 0, digits = 0, runs = 0, marks = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto u = static_cast<unsigned char>(text[i]);
    letters += u >= 0x80 || std::isalpha(u);
    capitals += std::isupper(u) != 0;
    digits += std::isdigit(u) != 0;
    marks += u == '?' || u == '=' || u == '|';
    runs += i > 3 && text.substr(i - 3, 4) == "    ";
  }
  std::size_t longest = 0, current = 0;
  for (char c : text) {
    current = c == ' ' || c == '\n' ? 0 : current + 1;
    longest = std::max(longest, current);
  }
  return letters * 10 > text.size() * 7 && capitals * 3 < letters && digits * 8 < text.size() &&
         runs < 8 && marks * 40 < text.size() + 80 && longest < 80;
}

}  // namespace

std::string normalise_text(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  const auto unicode = icu::UnicodeString::fromUTF8(icu::StringPiece(
      text.data(), static_cast<std::int32_t>(std::min<std::size_t>(text.size(), 1u << 30))));
  const auto composed = nfc ? nfc->normalize(unicode, status) : unicode;
  if (U_FAILURE(status))
    throw std::runtime_error("The Unicode data of this system cannot be loaded.");
  icu::UnicodeString out;
  for (std::int32_t i = 0; i < composed.length(); i = composed.moveIndex32(i, 1)) {
    const UChar32 c = composed.char32At(i);
    if (c == 0x2026)
      out += "...";
    else if (const UChar32 p = plain(c); p >= 0)
      out += p;
  }
  std::string utf8;
  return out.toUTF8String(utf8);
}

std::string clean_mail(std::string_view text, std::string_view first_name, std::size_t max_words) {
  if (text.size() > 20 * max_words + 2000) return {};
  auto lines = lines_of(without_lost_breaks(normalise_text(text)));
  for (auto& line : lines) line = std::string(trim(line));

  const auto quote = std::ranges::find_if(lines, opens_quote);
  lines.erase(quote, lines.end());

  // Nothing after the author's name near the end: titles, addresses, telephone numbers.
  const auto name = lower_case(first_name);
  for (std::size_t i = lines.size() > 9 ? lines.size() - 9 : 1; !name.empty() && i < lines.size();
       ++i) {
    const auto words = split_words(lines[i]);
    if (!words.empty() && words.size() <= 4 &&
        lower_case(strip_punctuation(words.front())).starts_with(name) && lines[i].back() != '?') {
      lines.resize(i + 1);
      break;
    }
  }
  const std::string mail = unwrap(join(lines, "\n"));
  const auto words = split_words(mail).size();
  return words >= 3 && words <= max_words && is_ordinary(mail) ? mail : std::string();
}

}  // namespace sancho::core

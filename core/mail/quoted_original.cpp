#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>
#include <span>

#include "core/mail/own_words.h"

namespace sancho::core {
namespace {

using Lines = std::vector<std::string_view>;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool has_digit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// A year, a time of day or an address: what an attribution has and a sentence rarely.
bool has_moment(std::string_view text) {
  int digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '@') return true;
    digits = text[i] >= '0' && text[i] <= '9' ? digits + 1 : 0;
    if (digits == 4) return true;
    if (digits > 0 && i + 2 < text.size() && text[i + 1] == ':' && has_digit(text.substr(i + 2, 1)))
      return true;
  }
  return false;
}

/// The next line with something on it, from `at` on; lines.size() where there is none.
std::size_t next_text(const Lines& lines, std::size_t at) {
  while (at < lines.size() && trimmed(lines[at]).empty()) ++at;
  return at;
}

// ---- "-----Original Message-----" and its kin ------------------------------------------------

constexpr std::array<std::string_view, 22> kMarkers{
    "original message",          "original appointment",
    "forwarded message",         "forwarded by",
    "forwarded message follows", "reply message",
    "ursprüngliche nachricht",   "ursprünglicher termin",
    "weitergeleitete nachricht", "message d'origine",
    "message original",          "message transféré",
    "mensaje original",          "mensaje reenviado",
    "messaggio originale",       "messaggio inoltrato",
    "oorspronkelijk bericht",    "doorgestuurd bericht",
    "mensagem original",         "originalmeddelande",
    "исходное сообщение",        "пересылаемое сообщение"};

/// A marker between dashes, at the start of a line.
bool is_marker(std::string_view line) {
  line = trimmed(line);
  std::size_t dashes = 0;
  while (dashes < line.size() && (line[dashes] == '-' || line[dashes] == '_')) ++dashes;
  if (line.starts_with("Begin forwarded message:")) return true;
  if (dashes < 2) return false;
  const std::string rest = lower(trimmed(line.substr(dashes)));
  return std::any_of(kMarkers.begin(), kMarkers.end(),
                     [&](std::string_view marker) { return rest.starts_with(marker); });
}

// ---- header blocks ---------------------------------------------------------------------------

enum class Field { none, from, date, to, subject, other };

/// Which header field of a quoted mail a line is: "Sent:", "*De :*", "\tTo: …".
Field field_of(std::string_view line) {
  struct Name {
    std::string_view text;
    Field field;
  };
  static constexpr std::array<Name, 34> names{{{"from", Field::from},
                                               {"de", Field::from},
                                               {"von", Field::from},
                                               {"da", Field::from},
                                               {"van", Field::from},
                                               {"från", Field::from},
                                               {"fra", Field::from},
                                               {"От", Field::from},
                                               {"发件人", Field::from},
                                               {"差出人", Field::from},
                                               {"sent", Field::date},
                                               {"date", Field::date},
                                               {"gesendet", Field::date},
                                               {"datum", Field::date},
                                               {"envoyé", Field::date},
                                               {"enviado", Field::date},
                                               {"fecha", Field::date},
                                               {"data", Field::date},
                                               {"inviato", Field::date},
                                               {"verzonden", Field::date},
                                               {"skickat", Field::date},
                                               {"发送时间", Field::date},
                                               {"to", Field::to},
                                               {"an", Field::to},
                                               {"à", Field::to},
                                               {"para", Field::to},
                                               {"a", Field::to},
                                               {"aan", Field::to},
                                               {"till", Field::to},
                                               {"cc", Field::other},
                                               {"subject", Field::subject},
                                               {"betreff", Field::subject},
                                               {"objet", Field::subject},
                                               {"asunto", Field::subject}}};
  line = trimmed(line);
  while (line.starts_with('*') || line.starts_with('>') || line.starts_with(' '))
    line.remove_prefix(1);
  const std::size_t colon = std::min(line.find(':'), line.find("："));
  if (colon == std::string_view::npos || colon > 24) return Field::none;
  std::string_view name = line.substr(0, colon);
  while (name.ends_with(' ') || name.ends_with('*') || name.ends_with("\xC2\xA0"))
    name.remove_suffix(name.ends_with("\xC2\xA0") ? 2 : 1);
  const std::string folded = lower(name);
  for (const Name& known : names)
    if (folded == known.text) return known.field;
  for (const char* subject : {"oggetto", "onderwerp", "assunto", "ämne", "主题", "Тема"})
    if (folded == subject) return Field::subject;
  if (folded == "Отправлено" || folded == "Дата" || folded == "日期") return Field::date;
  if (folded == "Кому" || folded == "收件人") return Field::to;
  for (const char* other : {"bcc", "kopie", "importance", "when", "where"})
    if (folded == other) return Field::other;
  return Field::none;
}

constexpr std::size_t kHeaderSpan = 1000;  // lines; recipients can fill many
constexpr std::size_t kHeaderGap = 6;      // empty lines in a row within a header

/// Whether fields of all `wanted` kinds follow within a header's reach, nothing but wrapped
/// recipients and a few empty lines between.
bool fields_follow(const Lines& lines, std::size_t at, std::initializer_list<Field> wanted) {
  std::vector<Field> missing(wanted);
  std::size_t empty = 0, foreign = 0;
  bool begun = false;  // recipients may be wrapped once a field has been seen
  for (std::size_t i = at; i < lines.size() && i < at + kHeaderSpan; ++i) {
    empty = trimmed(lines[i]).empty() ? empty + 1 : 0;
    if (empty > kHeaderGap) return false;
    const Field field = field_of(lines[i]);
    if (field == Field::from && std::erase(missing, field) == 0) return false;
    std::erase(missing, field);
    if (missing.empty()) return true;
    begun |= field != Field::none;
    if (!begun && empty == 0 && ++foreign > 3) return false;
  }
  return false;
}

/// "10:23", "10:23:45", with or without AM or PM behind; empty the rest is.
bool ends_with_time(std::string_view line) {
  std::string text = lower(trimmed(line));
  for (const char* zone : {" cst", " cdt", " est", " edt", " pst", " pdt", " gmt", " ze2", " ce2"})
    if (text.ends_with(zone)) text.resize(text.size() - 4);
  for (const char* half : {"am", "pm"})
    if (text.ends_with(half)) text.resize(text.size() - 2);
  while (text.ends_with(' ')) text.pop_back();
  std::size_t i = text.size();
  int colons = 0;
  while (i > 0 && (std::isdigit(static_cast<unsigned char>(text[i - 1])) || text[i - 1] == ':')) {
    --i;
    if (text[i] == ':') ++colons;
  }
  return (colons == 1 || colons == 2) && text.size() - i >= 4;
}

/// Where "dd/mm/yy" begins, or npos.
std::size_t slashed_date(std::string_view line) {
  for (std::size_t i = 0; i + 5 < line.size(); ++i) {
    if (!std::isdigit(static_cast<unsigned char>(line[i]))) continue;
    if (i > 0 && (std::isdigit(static_cast<unsigned char>(line[i - 1])) || line[i - 1] == '/'))
      continue;
    std::size_t j = i;
    int slashes = 0;
    while (j < line.size() && (std::isdigit(static_cast<unsigned char>(line[j])) ||
                               line[j] == '/' || line[j] == '-')) {
      if (line[j] == '/' || line[j] == '-') ++slashes;
      ++j;
    }
    if (slashes == 2 && j - i >= 6 && j - i <= 10) return i;
  }
  return std::string_view::npos;
}

/// "Sent by: Ana@ENRON", or that name again.
bool is_sender_line(std::string_view line) {
  line = trimmed(line);
  return line.starts_with("Sent by:") ||
         (line.size() < 60 && line.find('@') != line.npos && line.find(':') == line.npos);
}

/// Lotus Notes puts sender and date above "To:", on one line or two:
///   Kate Symes@ECT            \n 01/03/2001 12:34 PM \n To: …
/// Gives the line where such a header begins, or lines.size().
std::size_t notes_header(const Lines& lines, std::size_t at) {
  const std::string_view line = trimmed(lines[at]);
  const std::size_t date = slashed_date(line);
  if (date == std::string_view::npos) return lines.size();
  std::size_t below = at + 1;
  if (!ends_with_time(line)) {  // "… on 08/17/2000" with the time wrapped
    if (below >= lines.size() || trimmed(lines[below]).size() > 16 || !ends_with_time(lines[below]))
      return lines.size();
    ++below;
  }
  below = next_text(lines, below);
  while (below < lines.size() && below < at + kHeaderGap && is_sender_line(lines[below]))
    below = next_text(lines, below + 1);
  const bool headed =
      below < lines.size() && below <= at + kHeaderGap + 2 &&
      (field_of(lines[below]) == Field::to || field_of(lines[below]) == Field::other ||
       lower(trimmed(lines[below])).starts_with("please respond to"));
  if (!headed || !fields_follow(lines, below, {Field::subject})) return lines.size();
  if (date > 0 && line.size() > 3 && date > 2) return at;
  std::size_t name = at;  // the name stands on the line above, or above "Sent by: …"
  if (name > 0 && trimmed(lines[name - 1]).starts_with("Sent by:")) --name;
  while (name > 0 && trimmed(lines[name - 1]).empty() && at - name < 2) --name;
  return name > 0 && !trimmed(lines[name - 1]).empty() ? name - 1 : at;
}

/// Whether a quoted header begins here with its sender or, as Hotmail has it, its date.
bool begins_header(const Lines& lines, std::size_t at) {
  switch (field_of(lines[at])) {
    case Field::from:
      return fields_follow(lines, at + 1, {Field::to, Field::subject}) ||
             fields_follow(lines, at + 1, {Field::date, Field::subject}) ||
             fields_follow(lines, at + 1, {Field::date, Field::to});
    case Field::date:
    case Field::subject:
      return fields_follow(lines, at + 1, {Field::from, Field::to});
    default:
      return false;
  }
}

/// Whether "To:", "cc:" and "Subject:" stand below text without a sender: a reply to an own draft.
bool bare_header(const Lines& lines, std::size_t at) {
  return at > 1 && field_of(lines[at]) == Field::to && trimmed(lines[at - 1]).empty() &&
         next_text(lines, 0) < at && fields_follow(lines, at + 1, {Field::other, Field::subject});
}

/// Exchange and Notes indent what stands above a quoted header; those lines belong to it.
std::size_t with_indented_lines_above(const Lines& lines, std::size_t at) {
  std::size_t first = at;
  for (std::size_t i = at; i > 0 && at - i < 6; --i) {
    const std::string_view line = lines[i - 1];
    if (trimmed(line).empty()) continue;
    const std::string_view text = trimmed(line);
    const bool rule = text.find_first_not_of("_-") == std::string_view::npos && text.size() > 3;
    if (!line.starts_with('\t') && !rule) break;
    first = i - 1;
  }
  return first;
}

// ---- "On …, Ana wrote:" ----------------------------------------------------------------------

struct Attribution {
  std::string_view begin, verb;
};
constexpr std::array<Attribution, 20> kAttributions{
    {{"on ", "wrote"},          {"am ", "schrieb"},    {"le ", "écrit"},    {"el ", "escribió"},
     {"il ", "scritto"},        {"op ", "schreef"},    {"em ", "escreveu"}, {"den ", "skrev"},
     {"på ", "skrev"},          {"w dniu ", "napisa"}, {"dnia ", "napisa"}, {"dne ", "napsal"},
     {"в ", "написал"},         {"on ", "said"},       {"at ", "wrote"},    {"quoting ", ""},
     {"il giorno ", "scritto"}, {"ma ", "kirjoitti"},  {"vào ", "đã viết"}, {"den ", "schrieb"}}};

constexpr std::size_t kAttributionLines = 4;
constexpr std::size_t kAttributionLength = 400;

bool ends_attribution(std::string_view text) {
  return text.ends_with(':') || text.ends_with(":*") || text.ends_with("：");
}

/// In any language: up to three lines with an address and a number, a colon at their end and quoted
/// lines below.
std::size_t sender_line_above_quote(const Lines& lines, std::size_t at) {
  if (!has_digit(lines[at]) && lines[at].find('@') == std::string_view::npos) return 0;
  std::string text;
  for (std::size_t i = at; i < lines.size() && i < at + 3; ++i) {
    const std::string_view line = trimmed(lines[i]);
    if (line.empty() || line.starts_with('>')) return 0;
    text += line;
    if (text.size() > kAttributionLength) return 0;
    if (!ends_attribution(line)) continue;
    const std::size_t next = next_text(lines, i + 1);
    const bool quoted = next < lines.size() && trimmed(lines[next]).starts_with('>');
    return quoted && has_digit(text) && text.find('@') != text.npos ? i - at + 1 : 0;
  }
  return 0;
}

}  // namespace

std::size_t attribution_lines(const Lines& lines, std::size_t at) {
  std::string_view first = trimmed(lines[at]);
  while (first.starts_with('-') || first.starts_with('*') || first.starts_with(' '))
    first.remove_prefix(1);
  const std::string start = lower(first);
  const auto below = [&](std::size_t line) {
    const std::size_t next = next_text(lines, line + 1);
    return next < lines.size() && trimmed(lines[next]).starts_with('>');
  };
  // "Ana Díaz <ana@example.org> wrote:", if quoted lines follow
  for (const char* verb :
       {" wrote:", " writes:", " said:", " schrieb:", " a écrit :", " escribió:"})
    if (start.ends_with(verb) && start.size() < 200 && below(at)) return 1;
  if (const std::size_t count = sender_line_above_quote(lines, at)) return count;
  for (const Attribution& known : kAttributions) {
    if (!start.starts_with(known.begin)) continue;
    std::string text;
    for (std::size_t i = at; i < lines.size() && i < at + kAttributionLines; ++i) {
      const std::string_view line = trimmed(lines[i]);
      if (line.empty() || (i > at && line.starts_with('>'))) break;
      text += lower(line) + ' ';
      if (text.size() > kAttributionLength) break;
      if (!ends_attribution(line)) continue;
      const std::size_t verb = text.find(known.verb);
      if (verb == std::string::npos) break;
      // A sentence of the body has no date and mostly no address, and goes on after the verb.
      const bool late = text.size() - verb < known.verb.size() + 90;
      const bool quoted = below(i);
      const bool ends_here = text.size() - verb < known.verb.size() + 12;
      if (late && (quoted ? has_digit(text) : ends_here && has_moment(text))) return i - at + 1;
      break;
    }
  }
  return 0;
}

std::size_t quoted_original_line(const Lines& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = trimmed(lines[i]);
    if (line.empty() || line.starts_with('>')) continue;
    if (is_marker(line)) return i;
    if (begins_header(lines, i)) return with_indented_lines_above(lines, i);
    if (const std::size_t begin = notes_header(lines, i); begin < lines.size())
      return with_indented_lines_above(lines, begin);
    if (bare_header(lines, i)) return i;
  }
  return lines.size();
}

}  // namespace sancho::core

#include "core/mail/message.h"

#include <gmime/gmime.h>

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <mutex>
#include <utility>

#include "core/mail/address_list.h"
#include "core/mail/charset.h"
#include "core/mail/mime_text.h"
#include "core/mail/own_words.h"

namespace sancho::core {
namespace {

// GMime reads nested parts by recursion; no real mail comes near this.
constexpr std::size_t kMostNestedParts = 1000;
constexpr std::size_t kMostReferences = 100;

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Ref = std::unique_ptr<T, Unref>;

void init_gmime() {
  static std::once_flag once;
  std::call_once(once, [] {
    g_mime_init();
    static const char* charsets[] = {"utf-8", "windows-1252", "iso-8859-1", nullptr};
    g_mime_parser_options_set_fallback_charsets(g_mime_parser_options_get_default(), charsets);
  });
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool starts_with_nocase(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::string without_brackets(std::string_view id) {
  id = trimmed(id);
  if (id.starts_with('<')) id.remove_prefix(1);
  return one_line(std::string(id.substr(0, id.find('>'))).c_str());
}

/// The length of the header block.
std::size_t header_length(std::string_view raw) {
  const std::size_t unix_end = raw.find("\n\n");
  const std::size_t dos_end = raw.find("\r\n\r\n");
  return std::min({unix_end, dos_end, raw.size()});
}

/// How many content types in the text can hold further parts.
std::size_t composite_parts(std::string_view raw) {
  static constexpr std::string_view field = "content-type:";
  std::size_t count = 0;
  for (std::size_t i = raw.find(':'); i != std::string_view::npos; i = raw.find(':', i + 1)) {
    if (i + 1 < field.size() || !starts_with_nocase(raw.substr(i + 1 - field.size()), field))
      continue;
    std::string_view value = raw.substr(i + 1, 200);
    value.remove_prefix(std::min(value.size(), value.find_first_not_of(" \t\r\n")));
    if (starts_with_nocase(value, "multipart") || starts_with_nocase(value, "message")) ++count;
  }
  return count;
}

/// The name that a Notes or Exchange export gives beside a bare address: "Lay, Ken </O=…>".
std::string exported_name(std::string_view field) {
  field = field.substr(0, std::min(field.find('<'), field.find('@')));
  while (!field.empty() && (field.back() == ' ' || field.back() == '"')) field.remove_suffix(1);
  while (!field.empty() && (field.front() == ' ' || field.front() == '"')) field.remove_prefix(1);
  return std::string(field);
}

std::string sha256(std::string_view text) {
  const std::unique_ptr<char, decltype(&g_free)> hex(
      g_compute_checksum_for_data(G_CHECKSUM_SHA256, reinterpret_cast<const guchar*>(text.data()),
                                  text.size()),
      &g_free);
  return hex.get();
}

class Parser {
 public:
  explicit Parser(GMimeMessage* message) : mail_(message) {}

  void read_header(Message& out) {
    std::vector<Address> senders = addresses("From");
    if (senders.empty()) senders = addresses("Sender");
    if (!senders.empty())
      out.from = senders.front();
    else
      out.damage.push_back("no sender");
    if (out.from.name.empty()) out.from.name = exported_name(field("X-From"));
    out.to = addresses("To");
    out.cc = addresses("Cc");
    out.bcc = addresses("Bcc");
    out.subject = one_line(g_mime_message_get_subject(mail_));
    out.message_id = without_brackets(field("Message-ID"));
    read_references(out);
    read_date(out);
  }

  bool is_automatic(const Message& message) {
    const std::string submitted = field("Auto-Submitted");
    if (!submitted.empty() && !starts_with_nocase(submitted, "no")) return true;
    const std::string precedence = field("Precedence");
    for (const char* robot : {"bulk", "list", "junk", "auto_reply"})
      if (starts_with_nocase(precedence, robot)) return true;
    for (const char* name : {"X-Autoreply", "X-Autorespond", "X-Autoresponse", "List-Unsubscribe",
                             "X-Failed-Recipients"})
      if (!field(name).empty()) return true;
    const std::string_view sender = message.from.address;
    for (const char* robot :
         {"mailer-daemon@", "postmaster@", "noreply@", "no-reply@", "donotreply@", "do-not-reply@"})
      if (sender.starts_with(robot)) return true;
    for (const char* subject :
         {"Out of Office", "Automatic reply:", "Auto:", "AutoReply:", "Undeliverable:",
          "Undelivered Mail", "Mail Delivery", "Delivery Status Notification",
          "Returned mail:", "Accepted:", "Declined:", "Tentative:", "Read:", "Abwesenheitsnotiz"})
      if (starts_with_nocase(message.subject, subject)) return true;
    return false;
  }

 private:
  std::string field(const char* name) {
    return one_line(g_mime_object_get_header(GMIME_OBJECT(mail_), name));
  }

  /// All fields of that name, encoded words in names decoded.
  std::vector<Address> addresses(const char* name) {
    std::vector<Address> out;
    GMimeHeaderList* headers = g_mime_object_get_header_list(GMIME_OBJECT(mail_));
    for (int i = 0; i < g_mime_header_list_get_count(headers); ++i) {
      GMimeHeader* header = g_mime_header_list_get_header_at(headers, i);
      if (g_ascii_strcasecmp(g_mime_header_get_name(header), name) != 0) continue;
      const char* raw = g_mime_header_get_raw_value(header);
      for (Address& entry : parse_address_list(raw ? raw : "")) {
        const std::unique_ptr<char, decltype(&g_free)> decoded(
            g_mime_utils_header_decode_phrase(nullptr, entry.name.c_str()), &g_free);
        entry.name = one_line(decoded.get());
        entry.address = one_line(entry.address.c_str());
        out.push_back(std::move(entry));
      }
    }
    return out;
  }

  void read_references(Message& out) {
    out.references = ids("References");
    const auto answered = ids("In-Reply-To");
    if (!answered.empty()) out.in_reply_to = answered.front();
  }

  std::vector<std::string> ids(const char* name) {
    const char* value = g_mime_object_get_header(GMIME_OBJECT(mail_), name);
    if (!value) return {};
    std::vector<std::string> out;
    const std::string_view text(value);
    for (std::size_t at = text.find('<'); at != std::string_view::npos;
         at = text.find('<', at + 1)) {
      const std::size_t end = text.find('>', at);
      if (end == std::string_view::npos) break;
      std::string id = without_brackets(text.substr(at, end - at + 1));
      if (!id.empty()) out.push_back(std::move(id));
    }
    if (out.size() > kMostReferences)
      out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(kMostReferences));
    return out;
  }

  void read_date(Message& out) {
    GDateTime* date = g_mime_message_get_date(mail_);
    if (date)
      out.date = g_date_time_to_unix(date);
    else if (!field("Date").empty())
      out.damage.push_back("the date cannot be read");
    else
      out.damage.push_back("no date");
  }

  GMimeMessage* mail_;
};

/// Headers only, for mail whose parts are not to be trusted to GMime.
Ref<GMimeMessage> parse_gmime(std::string_view raw) {
  const Ref<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(raw.data(), raw.size()));
  const Ref<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  g_mime_parser_set_format(parser.get(), GMIME_FORMAT_MESSAGE);
  g_mime_parser_set_persist_stream(parser.get(), TRUE);
  return Ref<GMimeMessage>(g_mime_parser_construct_message(parser.get(), nullptr));
}

void read_parts(std::string_view raw, GMimeMessage* mail, bool trusted, Message& out) {
  if (!trusted) {
    out.damage.push_back("the message has too many nested parts; it was read as plain text");
    out.body = decode_text(raw.substr(header_length(raw)).substr(0, 1024 * 1024), {}).utf8;
    return;
  }
  MimeText mime = read_mime(mail);
  out.body = std::move(mime.text);
  out.attachments = std::move(mime.attachments);
  out.damage.insert(out.damage.end(), mime.damage.begin(), mime.damage.end());
  out.automatic = mime.calendar_reply || mime.delivery_report;
}

/// Whether the mail ends before its outermost multipart does.
bool is_cut_short(std::string_view raw, GMimeMessage* mail) {
  GMimeObject* part = g_mime_message_get_mime_part(mail);
  if (!part || !GMIME_IS_MULTIPART(part)) return false;
  const char* boundary = g_mime_object_get_content_type_parameter(part, "boundary");
  return boundary && raw.find(std::string("--").append(boundary).append("--")) == raw.npos;
}

void fill(std::string_view raw, Message& out) {
  init_gmime();
  const bool trusted = composite_parts(raw) <= kMostNestedParts;
  const Ref<GMimeMessage> mail = parse_gmime(trusted ? raw : raw.substr(0, header_length(raw)));
  if (!mail) {
    out.damage.push_back("the header cannot be read; the message was taken as plain text");
    out.body = decode_text(raw.substr(0, 1024 * 1024), {}).utf8;
    return;
  }
  Parser parser(mail.get());
  parser.read_header(out);
  if (trusted && is_cut_short(raw, mail.get()))
    out.damage.push_back("the message is cut short: its last part has no end");
  read_parts(raw, mail.get(), trusted, out);
  out.automatic = out.automatic || parser.is_automatic(out);
}

}  // namespace

Message parse_message(std::string_view raw) {
  Message out;
  try {
    fill(raw, out);
  } catch (const std::exception& error) {
    out.damage.push_back(std::string("reading stopped: ") + error.what());
  }
  OwnWords words = split_own_words(out.body);
  out.own = std::move(words.own);
  out.signature = std::move(words.signature);
  out.content_hash = sha256(out.from.address + '\n' + std::to_string(out.date) + '\n' +
                            out.subject + '\n' + out.body);
  if (out.message_id.empty()) out.message_id = out.content_hash.substr(0, 32) + "@sancho.invalid";
  return out;
}

}  // namespace sancho::core

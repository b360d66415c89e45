#include "core/mail/mime_text.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>

#include "core/mail/charset.h"
#include "core/mail/html_text.h"

namespace sancho::core {
namespace {

constexpr int kDeepestPart = 100;
constexpr std::size_t kLargestText = 16 * 1024 * 1024;

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Ref = std::unique_ptr<T, Unref>;

std::string str(const char* text) {
  return text ? text : "";
}

bool equals(const char* a, const char* b) {
  return a && g_ascii_strcasecmp(a, b) == 0;
}

std::string content_type_of(GMimeObject* part) {
  GMimeContentType* type = g_mime_object_get_content_type(part);
  if (!type) return "text/plain";
  std::string name = str(g_mime_content_type_get_media_type(type)) + "/" +
                     str(g_mime_content_type_get_media_subtype(type));
  for (char& c : name) c = g_ascii_tolower(c);
  return one_line(name.c_str());
}

/// A part's bytes with the transfer encoding undone.
std::string decoded_bytes(GMimePart* part) {
  GMimeDataWrapper* content = g_mime_part_get_content(part);
  if (!content) return {};
  const Ref<GMimeStream> memory(g_mime_stream_mem_new());
  g_mime_data_wrapper_write_to_stream(content, memory.get());
  const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory.get()));
  return bytes->data ? std::string(reinterpret_cast<const char*>(bytes->data), bytes->len)
                     : std::string{};
}

std::uint64_t decoded_size(GMimePart* part) {
  GMimeDataWrapper* content = g_mime_part_get_content(part);
  if (!content) return 0;
  const Ref<GMimeStream> null(g_mime_stream_null_new());
  const gssize written = g_mime_data_wrapper_write_to_stream(content, null.get());
  return written > 0 ? static_cast<std::uint64_t>(written) : 0;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// format=flowed (RFC 3676): only space-stuffing and the soft marks at line ends are undone; the
/// line breaks stay as they were typed.
std::string unflowed(std::string_view text, bool delete_space) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.starts_with(' ')) line.remove_prefix(1);
    if (delete_space && line.ends_with(' ') && line != "-- ") line.remove_suffix(1);
    out.append(line).append("\n");
  }
  return out;
}

/// text/enriched and text/richtext (RFC 1896): commands in <…> go, "<<" is a less-than sign.
std::string without_commands(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '<') {
      out += text[i];
      continue;
    }
    if (i + 1 < text.size() && text[i + 1] == '<') {
      out += '<';
      ++i;
      continue;
    }
    const std::size_t close = text.find('>', i);
    if (close == std::string_view::npos) break;
    i = close;
  }
  return out;
}

class Reader {
 public:
  MimeText result;

  void read(GMimeObject* part, int depth) {
    if (!part) return;
    if (depth > kDeepestPart) {
      result.damage.push_back("parts are nested too deeply; the innermost were not read");
    } else if (GMIME_IS_MULTIPART(part)) {
      read_multipart(GMIME_MULTIPART(part), depth);
    } else if (GMIME_IS_MESSAGE_PART(part)) {
      read_forwarded(GMIME_MESSAGE_PART(part), depth);
    } else if (GMIME_IS_PART(part)) {
      read_leaf(GMIME_PART(part));
    }
  }

 private:
  void read_multipart(GMimeMultipart* multipart, int depth) {
    GMimeObject* object = GMIME_OBJECT(multipart);
    const std::string type = content_type_of(object);
    const int count = g_mime_multipart_get_count(multipart);
    if (count == 0) result.damage.push_back("a multipart has no part that can be read");
    const bool unclosed = g_mime_object_get_content_type_parameter(object, "boundary") == nullptr;
    if (unclosed) result.damage.push_back("a multipart names no boundary");
    if (type == "multipart/alternative") return read_alternative(multipart, count, depth);
    if (type == "multipart/encrypted") {
      result.damage.push_back("the message is encrypted");
      return;
    }
    if (type == "multipart/report") {
      const char* report = g_mime_object_get_content_type_parameter(object, "report-type");
      result.delivery_report = report && (equals(report, "delivery-status") ||
                                          equals(report, "disposition-notification"));
    }
    for (int i = 0; i < count; ++i) read(g_mime_multipart_get_part(multipart, i), depth + 1);
  }

  /// The first alternative whose text is plain, else the last that gives any text.
  void read_alternative(GMimeMultipart* multipart, int count, int depth) {
    MimeText chosen;
    bool found = false;
    for (int i = 0; i < count; ++i) {
      GMimeObject* part = g_mime_multipart_get_part(multipart, i);
      Reader alternative;
      alternative.read(part, depth + 1);
      const bool plain = content_type_of(part) == "text/plain";
      const bool better = !is_blank(alternative.result.text) || !found;
      // Attachments inside any alternative are the message's.
      std::swap(alternative.result.attachments, extra_);
      result.attachments.insert(result.attachments.end(), extra_.begin(), extra_.end());
      extra_.clear();
      result.calendar_reply |= alternative.result.calendar_reply;
      if (better) chosen = std::move(alternative.result);
      found |= better && !is_blank(chosen.text);
      if (plain && found) break;
    }
    append(chosen.text);
    result.damage.insert(result.damage.end(), chosen.damage.begin(), chosen.damage.end());
  }

  void read_forwarded(GMimeMessagePart* part, int depth) {
    GMimeMessage* inner = g_mime_message_part_get_message(part);
    if (!inner) return;
    const std::string subject = one_line(g_mime_message_get_subject(inner));
    if (is_attachment(GMIME_OBJECT(part))) {
      result.attachments.push_back(
          {subject.empty() ? "message.eml" : subject + ".eml", "message/rfc822", 0});
      return;
    }
    Reader forwarded;
    forwarded.read(g_mime_message_get_mime_part(inner), depth + 1);
    const auto field = [&](const char* name) {
      return one_line(g_mime_object_get_header(GMIME_OBJECT(inner), name));
    };
    append("\n---------- Forwarded message ----------\nFrom: " + field("From") +
           "\nDate: " + field("Date") + "\nSubject: " + subject + "\nTo: " + field("To") + "\n\n" +
           forwarded.result.text);
    auto& inside = forwarded.result;
    result.attachments.insert(result.attachments.end(), inside.attachments.begin(),
                              inside.attachments.end());
    result.damage.insert(result.damage.end(), inside.damage.begin(), inside.damage.end());
  }

  static bool is_attachment(GMimeObject* part) {
    return equals(g_mime_object_get_disposition(part), GMIME_DISPOSITION_ATTACHMENT);
  }

  void read_leaf(GMimePart* part) {
    GMimeObject* object = GMIME_OBJECT(part);
    const std::string type = content_type_of(object);
    const std::string filename = one_line(g_mime_part_get_filename(part));
    if (type == "text/calendar") {
      result.calendar_reply |=
          equals(g_mime_object_get_content_type_parameter(object, "method"), "REPLY");
    }
    const bool text = type == "text/plain" || type == "text/html" || type == "text/enriched" ||
                      type == "text/richtext" || type == "text/";
    if (!text || is_attachment(object) || (!filename.empty() && !is_blank(result.text))) {
      if (type != "message/delivery-status")
        result.attachments.push_back({filename, type, decoded_size(part)});
      return;
    }
    read_text(part, type);
  }

  void read_text(GMimePart* part, const std::string& type) {
    GMimeObject* object = GMIME_OBJECT(part);
    std::string bytes = decoded_bytes(part);
    if (bytes.size() > kLargestText) {
      bytes.resize(kLargestText);
      result.damage.push_back("the text is over 16 MiB; only its beginning was read");
    }
    const std::string declared = str(g_mime_object_get_content_type_parameter(object, "charset"));
    DecodedText decoded = decode_text(bytes, declared);
    if (decoded.guessed)
      result.damage.push_back("the text is not valid " +
                              (declared.empty() ? "us-ascii" : one_line(declared.c_str())) +
                              "; read as " + decoded.charset);
    if (type == "text/html") {
      append(html_to_text(decoded.utf8));
    } else if (type == "text/enriched" || type == "text/richtext") {
      append(without_commands(decoded.utf8));
    } else if (equals(g_mime_object_get_content_type_parameter(object, "format"), "flowed")) {
      append(unflowed(decoded.utf8,
                      equals(g_mime_object_get_content_type_parameter(object, "delsp"), "yes")));
    } else {
      append(decoded.utf8);
    }
  }

  void append(const std::string& text) {
    if (text.empty()) return;
    if (!result.text.empty() && !result.text.ends_with('\n')) result.text += '\n';
    result.text += text;
  }

  std::vector<Attachment> extra_;
};

}  // namespace

MimeText read_mime(GMimeMessage* message) {
  Reader reader;
  reader.read(g_mime_message_get_mime_part(message), 0);
  return std::move(reader.result);
}

}  // namespace sancho::core

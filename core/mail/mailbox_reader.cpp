#include "core/mail/mailbox_reader.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "core/mail/mbox.h"

namespace sancho::core {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kSniff = 64 * 1024;
constexpr int kDeepestFolder = 64;

std::ifstream open_file(const fs::path& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in)
    throw std::runtime_error("cannot read " + path.string() + ": " +
                             std::strerror(errno ? errno : EIO));
  return in;
}

std::string read_up_to(std::istream& in, std::size_t limit) {
  std::string text(limit, '\0');
  in.read(text.data(), static_cast<std::streamsize>(limit));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

bool is_maildir(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path / "cur", error) || fs::is_directory(path / "new", error);
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

bool is_mail_field(std::string_view line) {
  static constexpr std::array<std::string_view, 14> names{
      "from",     "to",          "subject",      "date",         "message-id",
      "received", "return-path", "mime-version", "content-type", "delivered-to",
      "sender",   "reply-to",    "cc",           "x-mailer"};
  const std::size_t colon = line.find(':');
  const std::string name = lower(std::string(line.substr(0, colon)));
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view known) { return name.starts_with(known); });
}

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

/// Whether the text begins with a block of header fields that only mail has.
bool begins_with_mail_header(std::string_view text) {
  for (bool first = true; !text.empty(); first = false) {
    const std::string_view line = first_line(text);
    const bool folded = !first && (line.starts_with(' ') || line.starts_with('\t'));
    if (!folded && !is_header_field(line)) return false;
    if (!folded && is_mail_field(line)) return true;
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return false;
}

/// Whether a dated separator with a header field behind it stands at some line start.
bool holds_separator(std::string_view text) {
  for (std::size_t at = 0; at != std::string_view::npos && at < text.size();) {
    const std::string_view line = first_line(text.substr(at));
    const std::size_t next = at + line.size() + 1;
    if (separator_kind(line) == Separator::dated && next < text.size() &&
        is_header_field(first_line(text.substr(next))))
      return true;
    at = next;
  }
  return false;
}

/// Why a file is passed over, or empty with its kind.
std::pair<MailboxKind, std::string> sniff(const fs::path& path) {
  std::ifstream in = open_file(path);
  const std::string head = read_up_to(in, kSniff);
  if (in.bad()) throw std::runtime_error("cannot read " + path.string());
  if (head.empty()) return {MailboxKind::not_mail, "empty"};
  std::string_view text = head;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  text.remove_prefix(std::min(text.size(), text.find_first_not_of(" \t\r\n")));
  const bool eml = lower(path.extension().string()) == ".eml";
  const bool separated = separator_kind(first_line(text)) != Separator::none;
  if (eml) {
    const bool binary = text.substr(0, 1024).find('\0') != std::string_view::npos;
    if (!text.empty() && !binary) return {MailboxKind::eml, {}};
  } else if (separated) {
    return {MailboxKind::mbox, {}};
  }
  if (text.starts_with(">From ")) text.remove_prefix(first_line(text).size() + 1);
  if (begins_with_mail_header(text)) return {MailboxKind::eml, {}};
  if (holds_separator(text)) return {MailboxKind::mbox, {}};
  return {MailboxKind::not_mail, "not a mailbox or message"};
}

/// The files of a Maildir's cur and new in name order.
std::vector<fs::path> maildir_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const char* part : {"cur", "new"}) {
    std::error_code error;
    fs::directory_iterator entries(folder / part, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
      std::error_code ignored;
      if (entries->is_regular_file(ignored) &&
          !entries->path().filename().string().starts_with('.'))
        files.push_back(entries->path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// One file that is one message.
RawMessage read_message_file(const fs::path& path) {
  std::ifstream in = open_file(path);
  RawMessage message;
  message.raw = read_up_to(in, kLargestMessage);
  if (in.peek() != std::ifstream::traits_type::eof())
    message.defect = "larger than 64 MiB; only its beginning was read";
  for (const char* separator : {"From ", ">From "})
    if (message.raw.starts_with(separator) && message.raw.find('\n') != std::string::npos)
      message.raw.erase(0, message.raw.find('\n') + 1);
  return message;
}

class Finder {
 public:
  void add(const fs::path& path, bool named, int depth) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) {
      if (named) throw std::runtime_error("there is no file or folder " + path.string());
      list.passed_over.emplace_back(path, "a link that leads nowhere");
    } else if (fs::is_directory(status)) {
      add_folder(path, named, depth);
    } else if (fs::is_regular_file(status)) {
      add_file(path, named);
    } else {
      list.passed_over.emplace_back(path, "not a file");
    }
  }

  MailboxList list;

 private:
  void add_folder(const fs::path& path, bool named, int depth) {
    std::error_code error;
    if (!named && fs::is_symlink(path, error)) {
      list.passed_over.emplace_back(path, "a link to another folder");
      return;
    }
    if (depth > kDeepestFolder) {
      list.passed_over.emplace_back(path, "nested too deeply");
      return;
    }
    const bool maildir = is_maildir(path);
    if (maildir) list.mailboxes.push_back(path);
    std::vector<fs::path> entries;
    fs::directory_iterator entry(path, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error))
      entries.push_back(entry->path());
    if (error) {
      const std::string why = "cannot be read: " + error.message();
      if (named) throw std::runtime_error("the folder " + path.string() + " " + why);
      list.passed_over.emplace_back(path, why);
    }
    std::sort(entries.begin(), entries.end());
    for (const fs::path& inner : entries) {
      const std::string name = inner.filename().string();
      if (maildir &&
          (name == "cur" || name == "new" || name == "tmp" || !fs::is_directory(inner, error)))
        continue;
      add(inner, false, depth + 1);
    }
  }

  void add_file(const fs::path& path, bool named) {
    try {
      const auto [kind, reason] = sniff(path);
      if (kind == MailboxKind::not_mail)
        list.passed_over.emplace_back(path, reason);
      else
        list.mailboxes.push_back(path);
    } catch (const std::runtime_error& error) {
      if (named) throw;
      list.passed_over.emplace_back(path, error.what());
    }
  }
};

}  // namespace

MailboxKind mailbox_kind(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error))
    return is_maildir(path) ? MailboxKind::maildir : MailboxKind::not_mail;
  return sniff(path).first;
}

void read_mailbox(const fs::path& path, const std::function<bool(RawMessage&&)>& on_message,
                  const std::function<void(std::uint64_t)>& on_bytes, std::stop_token stop,
                  std::uint64_t start) {
  switch (mailbox_kind(path)) {
    case MailboxKind::mbox: {
      std::ifstream in = open_file(path);
      in.seekg(static_cast<std::streamoff>(start));
      read_mbox(in, start, on_message, on_bytes, stop);
      if (in.bad()) throw std::runtime_error("reading " + path.string() + " failed part-way");
      break;
    }
    case MailboxKind::maildir: {
      std::uint64_t done = 0;
      for (const fs::path& file : maildir_files(path)) {
        if (stop.stop_requested()) return;
        RawMessage message;
        try {
          message = read_message_file(file);
        } catch (const std::runtime_error& error) {
          message.defect = error.what();  // a neighbour must not stop the folder
        }
        done += message.raw.size();
        if (!on_message(std::move(message))) return;
        if (on_bytes) on_bytes(done);
      }
      break;
    }
    case MailboxKind::eml: {
      RawMessage message = read_message_file(path);
      const std::uint64_t size = message.raw.size();
      if (on_message(std::move(message)) && on_bytes) on_bytes(size);
      break;
    }
    case MailboxKind::not_mail:
      throw std::runtime_error(path.string() + " is not a mailbox or mail message");
  }
}

bool message_begins_at(const fs::path& path, std::uint64_t offset) {
  std::ifstream in(path, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(offset));
  const std::string head = read_up_to(in, 2048);
  return separator_kind(first_line(head)) != Separator::none;
}

MailboxList find_mailboxes(const std::vector<fs::path>& paths) {
  Finder finder;
  for (const fs::path& path : paths) finder.add(path, true, 0);
  return std::move(finder.list);
}

}  // namespace sancho::core

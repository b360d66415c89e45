#include "core/mail/mbox.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <vector>

namespace sancho::core {
namespace {

constexpr std::size_t kChunk = 1024 * 1024;
constexpr std::uint64_t kReportEvery = 1 << 16;   // bytes
constexpr std::size_t kLongestLine = 256 * 1024;  // longer lines come in pieces
constexpr std::size_t kLongestSeparator = 1000;

constexpr std::array<std::string_view, 7> kDays{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool in_range(std::string_view text, int low, int high) {
  const auto value = number(text);
  return value && *value >= low && *value <= high;
}

/// hh:mm or hh:mm:ss.
bool is_time(std::string_view text) {
  if (text.size() < 4 || text.size() > 8) return false;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view rest = text.substr(colon + 1);
  return in_range(text.substr(0, colon), 0, 23) && in_range(rest.substr(0, 2), 0, 59) &&
         (rest.size() == 2 || (rest.size() == 5 && rest[2] == ':'));
}

bool is_zone(std::string_view text) {
  if (text.size() == 5 && (text[0] == '+' || text[0] == '-'))
    return in_range(text.substr(1), 0, 2400);
  return text.size() >= 1 && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_year(std::string_view text) {
  return in_range(text, 1969, 2200);
}

template <std::size_t N>
bool one_of(std::string_view text, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < line.size();) {
    while (i < line.size() && std::strchr(" \t\r\n", line[i])) ++i;
    const std::size_t begin = i;
    while (i < line.size() && !std::strchr(" \t\r\n", line[i])) ++i;
    if (i > begin) out.push_back(line.substr(begin, i - begin));
  }
  return out;
}

/// Whether the words from `at` to the end are "Wed Aug 30 14:15:00 [zone] 2000 [zone]".
bool is_asctime(const std::vector<std::string_view>& word, std::size_t at) {
  const std::size_t n = word.size() - at;
  if (n < 5 || n > 7 || !one_of(word[at].substr(0, 3), kDays) || word[at].size() > 4) return false;
  if (!one_of(word[at + 1], kMonths) || !in_range(word[at + 2], 1, 31) || !is_time(word[at + 3]))
    return false;
  if (is_year(word[at + 4])) return n == 5 || (n == 6 && is_zone(word[at + 5]));
  return is_zone(word[at + 4]) && n >= 6 && is_year(word[at + 5]) && n == 6;
}

/// Lines of a stream with a look at the next one.
class Lines {
 public:
  Lines(std::istream& in, std::uint64_t position) : in_(in), start_(position) {}

  /// The next line with its line end; a very long one in pieces. Empty at the end of the file.
  std::string_view next() {
    const std::string_view line = peek();
    at_ += line.size();
    return line;
  }
  /// Valid until the next call of next().
  std::string_view peek() {
    std::size_t length = line_length();
    while (length == 0 && refill()) length = line_length();
    if (length == 0) length = std::min(buffer_.size() - at_, kLongestLine);
    return {buffer_.data() + at_, length};
  }
  std::uint64_t position() const { return start_ + at_; }

 private:
  /// Of the line at at_ as far as it is known to be whole; 0 = more has to be read first.
  std::size_t line_length() {
    const std::size_t left = buffer_.size() - at_;
    const auto* line_end = static_cast<const char*>(
        std::memchr(buffer_.data() + at_, '\n', std::min(left, kLongestLine)));
    if (line_end) return static_cast<std::size_t>(line_end - (buffer_.data() + at_)) + 1;
    return left >= kLongestLine ? kLongestLine : 0;
  }
  bool refill() {
    if (!in_) return false;
    start_ += at_;
    buffer_.erase(0, at_);
    at_ = 0;
    const std::size_t kept = buffer_.size();
    buffer_.resize(kept + kChunk);
    in_.read(buffer_.data() + kept, static_cast<std::streamsize>(kChunk));
    buffer_.resize(kept + static_cast<std::size_t>(in_.gcount()));
    return in_.gcount() > 0;
  }

  std::istream& in_;
  std::string buffer_;
  std::uint64_t start_;  // file offset of the buffer's first byte
  std::size_t at_ = 0;
};

bool is_blank(std::string_view line) {
  return line == "\n" || line == "\r\n";
}

/// ">From ", ">>From ": quoted by the mailbox, not by the writer (mboxrd).
bool is_quoted_from(std::string_view line) {
  const std::size_t marks = line.find_first_not_of('>');
  return marks != 0 && marks != std::string_view::npos && line.substr(marks).starts_with("From ");
}

void add_line(RawMessage& message, std::string_view line) {
  if (message.raw.size() + line.size() > kLargestMessage) {
    message.defect = "larger than 64 MiB; only its beginning was read";
    return;
  }
  if (message.defect.empty()) message.raw += line;
}

/// Drops the empty line that the mailbox format puts behind every message.
void drop_separating_line(std::string& raw) {
  if (raw.ends_with("\r\n\r\n"))
    raw.resize(raw.size() - 2);
  else if (raw.ends_with("\n\n"))
    raw.pop_back();
}

}  // namespace

Separator separator_kind(std::string_view line) {
  if (!line.starts_with("From ") || line.size() > kLongestSeparator) return Separator::none;
  const auto word = words(line.substr(5));
  for (std::size_t i = word.size() < 7 ? 0 : word.size() - 7; i < word.size(); ++i)
    if (is_asctime(word, i)) return Separator::dated;
  if (!word.empty() && word[0].find('@') != std::string_view::npos) return Separator::likely;
  return Separator::none;
}

bool is_header_field(std::string_view line) {
  std::size_t i = 0;
  while (i < line.size() && line[i] > ' ' && line[i] < 127 && line[i] != ':') ++i;
  const std::size_t name = i;
  while (i < line.size() && (line[i] == ' ' || line[i] == '\t')) ++i;
  return name > 0 && name < 80 && i < line.size() && line[i] == ':';
}

void read_mbox(std::istream& in, std::uint64_t position,
               const std::function<bool(RawMessage&&)>& on_message,
               const std::function<void(std::uint64_t)>& on_bytes, std::stop_token stop) {
  Lines lines(in, position);
  RawMessage message;
  bool inside = false;      // a separator has been seen
  bool after_blank = true;  // where a separator may stand
  bool line_start = true;   // the next piece begins a line
  bool whole_line = true;   // the last piece ended with a line end
  std::uint64_t reported = position;

  const auto finish = [&] {
    if (!inside && message.raw.find_first_not_of(" \t\r\n") == std::string::npos) return true;
    if (!inside) message.defect = "text before the first separator";
    drop_separating_line(message.raw);
    return on_message(std::move(message));
  };

  for (;;) {
    const std::uint64_t offset = lines.position();
    if (on_bytes && offset - reported >= kReportEvery) on_bytes(reported = offset);
    if (stop.stop_requested()) return;
    const std::string_view piece = lines.next();
    if (piece.empty()) break;
    const bool begins_line = line_start;
    line_start = whole_line = piece.ends_with('\n');

    if (begins_line && piece.starts_with("From ")) {
      const std::string line(piece);  // a look at the next line may move the buffer
      const Separator kind = separator_kind(line);
      const bool separates =
          (kind == Separator::dated && (after_blank || is_header_field(lines.peek()))) ||
          (kind == Separator::likely && after_blank && is_header_field(lines.peek()));
      if (separates) {
        if ((inside || !message.raw.empty()) && !finish()) return;
        message = RawMessage{};
        message.offset = offset;
        inside = true;
        after_blank = false;
        continue;
      }
      add_line(message, line);
      after_blank = false;
      continue;
    }
    if (!inside && message.raw.empty()) message.offset = offset;
    add_line(message, begins_line && is_quoted_from(piece) ? piece.substr(1) : piece);
    after_blank = begins_line && is_blank(piece);
  }

  if (inside && !whole_line && message.defect.empty())
    message.defect = "the file ends in the middle of a line; the message may be cut short";
  if (inside || !message.raw.empty()) finish();
  if (on_bytes) on_bytes(lines.position());
}

}  // namespace sancho::core

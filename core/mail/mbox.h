#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/mail/mailbox_reader.h"

namespace sancho::core {

/// Larger messages are cut here, so that one mail cannot exhaust the memory.
inline constexpr std::size_t kLargestMessage = 64 * 1024 * 1024;

/// What a line that starts with "From " is worth as a separator.
enum class Separator {
  none,    // a sentence
  likely,  // "From " and an address: needs an empty line before and a header field after
  dated,   // sender and asctime date, as RFC 4155 wants it
};
Separator separator_kind(std::string_view line);

/// "Name: value", RFC 5322 §2.2.
bool is_header_field(std::string_view line);

/// Reads an mbox from a stream that stands at byte `position` of its file. Memory: one message.
void read_mbox(std::istream& in, std::uint64_t position,
               const std::function<bool(RawMessage&&)>& on_message,
               const std::function<void(std::uint64_t)>& on_bytes, std::stop_token stop);

}  // namespace sancho::core

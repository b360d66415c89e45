#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/mail/message.h"

namespace sancho::core {

/// What goes into a message file for another mail program to open, finish and send.
struct UnsentMail {
  Address from;  // left out where its address is empty
  std::vector<Address> to;
  std::string subject, body;            // UTF-8, LF
  std::int64_t date = 0;                // seconds since 1970, UTC
  std::string in_reply_to;              // without <>; empty = starts a conversation
  std::vector<std::string> references;  // oldest first, without <>
};

/// An RFC 5322 message, CRLF line ends, pure ASCII: RFC 2047 encoded words, quoted-printable body,
/// `X-Unsent: 1`. Line breaks in header values become spaces, so no value can add a header.
std::string format_eml(const UnsentMail& mail);

}  // namespace sancho::core

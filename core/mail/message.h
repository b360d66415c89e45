#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sancho::core {

/// An RFC 5322 mailbox: "Ana Díaz" <ana@example.org>. `address` is lower-cased and bare.
struct Address {
  std::string name;
  std::string address;
  friend bool operator==(const Address&, const Address&) = default;
};

/// An attachment's label; its content is never kept.
struct Attachment {
  std::string filename;
  std::string content_type;
  std::uint64_t bytes = 0;
};

/// One mail, decoded: all text is valid UTF-8 with LF line ends.
struct Message {
  std::string message_id;               // without <>; made from the content where missing
  std::string in_reply_to;              // without <>
  std::vector<std::string> references;  // oldest first
  Address from;
  std::vector<Address> to, cc, bcc;
  std::int64_t date = 0;  // seconds since 1970, UTC; 0 = none given
  std::string subject;
  std::string body;       // everything a reader would see as text
  std::string own;        // what the sender wrote here: no quotes, forwards, signature
  std::string signature;  // what was cut off as signature
  std::vector<Attachment> attachments;
  std::string content_hash;         // hex SHA-256 of sender, date, subject and body
  std::vector<std::string> damage;  // what had to be guessed or given up, in words
  bool automatic = false;           // bounces, vacation notices, calendar answers, list robots
};

/// Decodes one raw RFC 5322 message (RFC 2045–2049, 2047, 2231). Never throws on bad input: what
/// cannot be read is named in `damage`.
Message parse_message(std::string_view raw);

}  // namespace sancho::core

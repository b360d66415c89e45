#pragma once

#include <gmime/gmime.h>

#include <string>
#include <vector>

#include "core/mail/message.h"

namespace sancho::core {

/// What a MIME tree holds for a reader.
struct MimeText {
  std::string text;  // all inline text; a forwarded message stands behind a forward marker
  std::vector<Attachment> attachments;
  std::vector<std::string> damage;
  bool calendar_reply = false;
  bool delivery_report = false;
};

/// Reads a message's parts (RFC 2045–2049, 3676): plain text before HTML in alternatives, no text
/// of attachments.
MimeText read_mime(GMimeMessage* message);

}  // namespace sancho::core

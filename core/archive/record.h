#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/mail/message.h"

namespace sancho::core {

// How lists lie in one column: entries end with U+001E, their fields are parted by U+001F. Neither
// character survives in decoded mail text.

std::string pack(const std::vector<std::string>& entries);
std::vector<std::string> unpack(std::string_view column);

std::string pack_recipients(const Message& message);
void unpack_recipients(std::string_view column, Message& message);

std::string pack_attachments(const std::vector<Attachment>& attachments);
std::vector<Attachment> unpack_attachments(std::string_view column);

/// A subject without "Re:", "Fwd:" and their kin, list tags and case: equal within a conversation.
std::string subject_key(std::string_view subject);
/// Whether a subject says that the mail answers or passes on another.
bool is_reply_subject(std::string_view subject);

/// A display name without order, initials and punctuation: "Lay, Ken L." and "Ken Lay" are equal.
/// Empty for a name of fewer than two words, which says too little.
std::string person_key(std::string_view name);

}  // namespace sancho::core

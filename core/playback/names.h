#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/mail/message.h"

namespace sancho::core {

/// "Dr.", "mrs" or another that stands before a name.
bool is_title(std::string_view word);

/// What one would call this person: the first name of "Beck, Sally" or "Sally Beck", of
/// sally.beck@… and s..beck@…; the whole name behind a title ("Mr. Tanaka") or of an office ("Help
/// Desk"); empty where the address tells nothing.
std::string first_name(const Address& address);

/// The name under which most of these mails are signed, or `fallback` where fewer than a tenth are.
std::string usual_sign_off(const std::vector<std::string>& mails, const std::string& fallback);

}  // namespace sancho::core

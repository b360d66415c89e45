#pragma once

#include <string_view>
#include <vector>

#include "core/mail/message.h"

namespace sancho::core {

/// The mailboxes of an address header (RFC 5322 §3.4), groups opened. Forgiving: "d..lay@x.org",
/// stray commas and unclosed quotes or brackets, all seen in real mail, cost at most their own
/// entry. Names are still encoded (RFC 2047). At most 5,000.
std::vector<Address> parse_address_list(std::string_view field);

}  // namespace sancho::core

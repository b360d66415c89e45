#pragma once

#include <string>
#include <string_view>

namespace sancho::core {

/// Valid UTF-8 in NFC with typewriter quotes and dashes, no control characters, LF line ends.
std::string normalise_text(std::string_view text);

/// An archived mail as its author typed it: normalised, unwrapped, without left-over quote headers,
/// device footers and the address block below the name. Empty where it is no ordinary mail (a
/// table, a listing, shouting, fewer than 3 or more than `max_words` words).
std::string clean_mail(std::string_view text, std::string_view first_name, std::size_t max_words);

}  // namespace sancho::core

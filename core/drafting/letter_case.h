#pragma once

#include <string>
#include <string_view>

namespace sancho::core {

/// `body` with the capitals of written English: "I" and "I'll"; days, months that are no other
/// word, Easter and Christmas; sentences behind others, where the mail begins its own with a
/// capital. An article within a sentence loses its capital ("bring A cake"), unless `told` has it
/// so ("plan A is off"); files, links and addresses stand as `told` has them.
std::string settle_case(const std::string& body, std::string_view told);

}  // namespace sancho::core

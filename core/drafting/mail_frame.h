#pragma once

#include <string>
#include <string_view>

namespace sancho::core {

/// The closing words of `body` with the writer's own name below them: what follows a closing line
/// ("Thanks,") is replaced by `name`, or left out where `name` is empty; a last line that is only
/// somebody else's name or no words at all likewise. "Love," becomes "Best,". A body that closes
/// without words stays as it is, signed where `name` is known.
std::string settle_signature(const std::string& body, const std::string& name);

}  // namespace sancho::core

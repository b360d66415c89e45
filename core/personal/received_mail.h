#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "core/archive/archive.h"

namespace sancho::core {

/// Calls `take` with what others wrote to the user, each mail's own words with wrapped lines
/// joined, newest first, until it returns false. Mail by robots, mail that is hardly text and words
/// that came before are passed over, as is everything not older than `before` (0 = nothing).
void for_received_mail(const Archive& archive, std::int64_t before,
                       const std::function<bool(const std::string& text)>& take,
                       std::stop_token stop = {});

}  // namespace sancho::core

#pragma once

#include <vector>

#include "app/cli/verb.h"
#include "core/assistant.h"

namespace sancho::cli {

/// Mails found, as the contract words them.
Json hits_to_json(const std::vector<core::SearchHit>& hits);

}  // namespace sancho::cli

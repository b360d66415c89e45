#pragma once

#include <cstdint>

#include "engine/model/config.h"
#include "engine/weights/format.h"

namespace sancho::core {

/// About how many bytes of weights a model of that shape holds once compressed to `format`: blocks
/// in it, embedding and head in the dense storage beside it. Within a tenth.
std::uint64_t estimated_bytes(const engine::ModelConfig& config, const engine::Format& format);

}  // namespace sancho::core

#pragma once

#include <QString>

#include "core/assistant.h"

namespace sancho::desktop {

/// "4.1 MB".
QString size_text(std::uint64_t bytes);
/// "73 s", "12 min", "3 h 5 min".
QString span_text(double seconds);
/// "5.5 million".
QString parameters_text(std::size_t parameters);
/// "50 % zeros, 8 bits" for "sparse50-int8".
QString format_words(const std::string& format);
/// The format of most of a model's layers, in words.
QString weights_words(const core::ModelDescription& about);
/// "6 layers of 256, 8 heads".
QString shape_words(const sancho::engine::ModelConfig& config);

}  // namespace sancho::desktop

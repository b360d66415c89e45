#pragma once

#include <string>
#include <string_view>

namespace sancho::core {

/// HTML (UTF-8) as a reader would see it in a plain window: paragraphs, list marks, link targets
/// that differ from their text, "> " before quoted blocks; no styles, scripts or hidden text.
std::string html_to_text(std::string_view html);

}  // namespace sancho::core

#pragma once

#include <filesystem>
#include <string_view>

namespace sancho::core {

/// Replaces a file as a whole: written beside it, synced, renamed. Throws std::runtime_error naming
/// the file and the reason; what was there before stays.
void replace_file(const std::filesystem::path& path, std::string_view content);

}  // namespace sancho::core

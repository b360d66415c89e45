#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

namespace sancho::core {

/// Calls `on_line` with every line of a text file, decompressed where its name ends in .xz, in
/// constant memory. `on_line` returns false to stop. Throws std::runtime_error naming the file.
void read_lines(const std::filesystem::path& path,
                const std::function<bool(const std::string&)>& on_line, std::stop_token stop = {});

}  // namespace sancho::core

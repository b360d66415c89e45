#pragma once

#include <filesystem>
#include <string>

#include "app/cli/verb.h"

namespace sancho::cli {

/// The file or folder of a model given by path or by name ("built-in", "v0003"). Throws
/// std::runtime_error where there is none.
std::filesystem::path model_file(const std::string& name_or_path, const Context& context);

}  // namespace sancho::cli

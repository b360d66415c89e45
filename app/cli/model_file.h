#pragma once

#include <filesystem>
#include <string>

#include "app/cli/verb.h"
#include "engine/model/model.h"

namespace sancho::cli {

/// The file or folder of a model given by path or by name ("built-in"). Throws
/// std::runtime_error where there is none.
std::filesystem::path model_file(const std::string& name_or_path, const Context& context);

/// A model given by path or by name, a personal version too ("v0003", "personal").
std::shared_ptr<const engine::Model> load_model(const std::string& name_or_path,
                                                const Context& context);

}  // namespace sancho::cli

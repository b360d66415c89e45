#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sancho::core {

/// $XDG_DATA_HOME/sancho, by default ~/.local/share/sancho.
std::filesystem::path find_default_profile();
/// The first of $SANCHO_RESOURCES, beside the program, installed, in the source tree that is there.
std::filesystem::path find_resources();

inline constexpr const char* built_in_model = "built-in";

/// The encoder that comes with Sancho (see retrieval/); empty where it is not there.
std::filesystem::path find_encoder();

/// Files of models by name: shipped ones, then the profile's. Not yet opened.
std::vector<std::filesystem::path> find_models(const std::filesystem::path& profile);
/// The file of the model called `name`. Throws std::runtime_error where there is none.
std::filesystem::path find_model(const std::filesystem::path& profile, const std::string& name);

}  // namespace sancho::core

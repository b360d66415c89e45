#include "core/places.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace sancho::core {

namespace fs = std::filesystem;

namespace {

/// Empty where the variable is not set.
fs::path from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

fs::path program_folder() {
  std::error_code none;
  return fs::read_symlink("/proc/self/exe", none).parent_path();
}

void add_models(const fs::path& folder, std::vector<fs::path>& models) {
  std::error_code none;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder, none))
    if (entry.path().extension() == ".safetensors" || fs::exists(entry.path() / "config.json"))
      found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  models.insert(models.end(), found.begin(), found.end());
}

}  // namespace

fs::path find_default_profile() {
  if (const fs::path data = from_environment("XDG_DATA_HOME"); data.is_absolute())
    return data / "sancho";
  const fs::path home = from_environment("HOME");
  if (home.empty())
    throw std::runtime_error("Neither XDG_DATA_HOME nor HOME is set: name a profile folder.");
  return home / ".local" / "share" / "sancho";
}

fs::path find_resources() {
  if (const fs::path set = from_environment("SANCHO_RESOURCES"); !set.empty()) return set;
  const fs::path program = program_folder();
  for (const fs::path& place :
       {program / "resources", program.parent_path() / "share" / "sancho",
        fs::path(SANCHO_INSTALLED_RESOURCES), fs::path(SANCHO_SOURCE_RESOURCES)})
    if (fs::is_directory(place)) return place;
  return program / "resources";
}

fs::path find_encoder() {
  const fs::path file = find_resources() / "models" / "encoder.safetensors";
  return fs::exists(file) ? file : fs::path();
}

std::vector<fs::path> find_models(const fs::path& profile) {
  std::vector<fs::path> models;
  add_models(find_resources() / "models", models);
  add_models(profile / "models", models);
  return models;
}

fs::path find_model(const fs::path& profile, const std::string& name) {
  for (const auto& path : find_models(profile))
    if (path.stem() == name || path.filename() == name) return path;
  throw std::runtime_error("There is no model called " + name + " in " +
                           (find_resources() / "models").string() + " or " +
                           (profile / "models").string() + ".");
}

}  // namespace sancho::core

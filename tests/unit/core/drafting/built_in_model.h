#pragma once

#include <filesystem>
#include <memory>

#include "engine/model/model.h"

namespace sancho::testing {

/// The model that ships with the program; null where it is not there, and the test is to be
/// skipped.
inline std::shared_ptr<const engine::Model> built_in_model() {
  const std::filesystem::path file =
      std::filesystem::path(SANCHO_SOURCE_DIR) / "resources/models/built-in.safetensors";
  return std::filesystem::exists(file) ? engine::Model::load(file) : nullptr;
}

inline constexpr const char* no_built_in_model = "The built-in model is not there.";

}  // namespace sancho::testing

#pragma once

#include <QTest>
#include <filesystem>

/// A file or folder of the reference checkpoints, which are not part of the project.
inline std::filesystem::path checkpoint_path(const char* name) {
  return std::filesystem::path(SANCHO_SHARED_DIR) / "checkpoints" / name;
}

#define REQUIRE_CHECKPOINT(variable, name)     \
  const auto variable = checkpoint_path(name); \
  if (!std::filesystem::exists(variable)) QSKIP("the reference checkpoint " name " is not here")

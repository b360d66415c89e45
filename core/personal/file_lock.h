#pragma once

#include <filesystem>

namespace sancho::core {

/// Holds a file for this process alone, until it is destroyed or the process ends in any way.
class FileLock {
 public:
  /// Throws std::runtime_error saying `busy` where another process holds it.
  FileLock(const std::filesystem::path& path, const char* busy);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace sancho::core

#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace sancho::engine {

/// A whole regular file mapped read-only into memory. Throws std::runtime_error naming the file.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace sancho::engine

#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace sancho::engine {

/// A whole regular file mapped read-only into memory, in pages of 2 MiB where the system can: Linux
/// does for parts of a file that it reads from disk, which is why AtomicFile leaves no large file in
/// the page cache. Throws std::runtime_error naming the file.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<std::byte> reserved_;  // address space around the file
  std::span<const std::byte> bytes_;
};

}  // namespace sancho::engine

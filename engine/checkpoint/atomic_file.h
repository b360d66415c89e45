#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace sancho::engine {

/// A file that appears whole or not at all: bytes go to a temporary beside `path`, which `commit`
/// syncs and renames over it. Without a commit the temporary is removed and what was at `path`
/// stays. Throws std::runtime_error with one sentence (disk full, no permission).
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> data);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
  /// Waits until what was written so far is on the disk.
  void sync();
  void commit();

 private:
  [[noreturn]] void fail(int error) const;

  std::filesystem::path path_, temporary_;
  int descriptor_ = -1;
};

/// Writes a whole file through AtomicFile.
void replace_file(const std::filesystem::path& path, std::string_view content);

}  // namespace sancho::engine

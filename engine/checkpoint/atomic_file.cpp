#include "engine/checkpoint/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace sancho::engine {

namespace {

/// Makes a rename in `folder` survive a power cut. Some file systems cannot sync a folder; the
/// file itself is safe there too.
void sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)) {
  std::string pattern = (folder_of(path_) / ("." + path_.filename().string() + ".XXXXXX")).string();
  descriptor_ = ::mkostemp(pattern.data(), O_CLOEXEC);
  if (descriptor_ < 0) fail(errno);
  temporary_ = pattern;
  ::fchmod(descriptor_, 0644);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::byte> data) {
  while (!data.empty()) {
    const auto written =
        ::write(descriptor_, data.data(), std::min(data.size(), std::size_t{1} << 30));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(errno);
    data = data.subspan(static_cast<std::size_t>(written));
  }
}

void AtomicFile::sync() {
  if (::fdatasync(descriptor_) != 0) fail(errno);
}

void AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) fail(errno);
#ifdef POSIX_FADV_DONTNEED
  // What is read from disk again can be mapped in large pages; what was written cannot.
  constexpr off_t large = 8 << 20;
  if (::lseek(descriptor_, 0, SEEK_END) >= large)
    ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_DONTNEED);
#endif
  if (::close(std::exchange(descriptor_, -1)) != 0) fail(errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail(errno);
  temporary_.clear();
  sync_folder(folder_of(path_));
}

void AtomicFile::fail(int error) const {
  throw std::runtime_error("Cannot write " + path_.string() + ": " +
                           std::generic_category().message(error) +
                           "; nothing that was there before has changed.");
}

void replace_file(const std::filesystem::path& path, std::string_view content) {
  AtomicFile file(path);
  file.write(content);
  file.commit();
}

}  // namespace sancho::engine

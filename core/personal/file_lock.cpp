#include "core/personal/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace sancho::core {

FileLock::FileLock(const std::filesystem::path& path, const char* busy)
    : descriptor_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (descriptor_ < 0)
    throw std::runtime_error("Cannot write " + path.string() + ": " + std::strerror(errno) + ".");
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor_);
    throw std::runtime_error(busy);
  }
}

FileLock::~FileLock() {
  ::close(descriptor_);
}

}  // namespace sancho::core

#include "engine/checkpoint/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <system_error>

#include "engine/tensor/large_pages.h"

namespace sancho::engine {

namespace {

struct Descriptor {
  int value;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
};

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why) {
  throw std::runtime_error("Cannot read " + path.string() + ": " + why + ".");
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) {
  // A named pipe would block an open without O_NONBLOCK.
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.value < 0) fail(path, std::generic_category().message(errno));
  struct stat status {};
  if (::fstat(file.value, &status) != 0) fail(path, std::generic_category().message(errno));
  if (!S_ISREG(status.st_mode)) fail(path, "it is not a regular file");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return;
  // Large pages need addresses on their boundaries: room for moving up to one is set aside.
  const std::size_t room = size < kLargePage ? size : size + kLargePage;
  void* const reserved =
      ::mmap(nullptr, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved == MAP_FAILED) fail(path, std::generic_category().message(errno));
  reserved_ = {static_cast<std::byte*>(reserved), room};
  const auto past = reinterpret_cast<std::uintptr_t>(reserved) % kLargePage;
  std::byte* const start = reserved_.data() + (room == size || past == 0 ? 0 : kLargePage - past);
  if (::mmap(start, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, file.value, 0) == MAP_FAILED) {
    const int error = errno;
    ::munmap(reserved, room);
    fail(path, std::generic_category().message(error));
  }
#ifdef MADV_HUGEPAGE
  if (room != size) ::madvise(start, size, MADV_HUGEPAGE);
#endif
  bytes_ = {start, size};
}

MappedFile::~MappedFile() {
  if (!reserved_.empty()) ::munmap(reserved_.data(), reserved_.size());
}

}  // namespace sancho::engine

#include "engine/compress/activation_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace sancho::engine {

ActivationFile::ActivationFile(const std::filesystem::path& path, std::size_t cols)
    : path_(path),
      cols_(cols),
      descriptor_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (descriptor_ < 0) fail("opened", errno);
}

ActivationFile::~ActivationFile() {
  ::close(descriptor_);
}

void ActivationFile::fail(const char* what, int error) const {
  throw std::runtime_error("The calibration file " + path_.string() + " cannot be " + what + ": " +
                           (error == 0 ? "it is too short" : std::strerror(error)) + ".");
}

void ActivationFile::read(std::size_t first, MatrixView<float> rows) const {
  auto* to = reinterpret_cast<char*>(rows.data);
  std::size_t left = rows.rows * cols_ * sizeof(float), at = first * cols_ * sizeof(float);
  while (left > 0) {
    const ssize_t count = ::pread(descriptor_, to, left, static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) fail("read", count < 0 ? errno : 0);
    to += count;
    at += static_cast<std::size_t>(count);
    left -= static_cast<std::size_t>(count);
  }
}

void ActivationFile::write(std::size_t first, MatrixView<const float> rows) {
  const auto* from = reinterpret_cast<const char*>(rows.data);
  std::size_t left = rows.rows * cols_ * sizeof(float), at = first * cols_ * sizeof(float);
  while (left > 0) {
    const ssize_t count = ::pwrite(descriptor_, from, left, static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("written", errno);
    from += count;
    at += static_cast<std::size_t>(count);
    left -= static_cast<std::size_t>(count);
  }
}

void ActivationFile::sync() {
  if (::fdatasync(descriptor_) != 0) fail("written", errno);
}

}  // namespace sancho::engine

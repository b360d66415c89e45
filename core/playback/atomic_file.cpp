#include "core/playback/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace sancho::core {

void replace_file(const std::filesystem::path& path, std::string_view content) {
  const auto temporary = path.string() + ".tmp";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  bool ok = file >= 0;
  while (ok && !content.empty()) {
    const auto written = ::write(file, content.data(), content.size());
    if (written > 0)
      content.remove_prefix(static_cast<std::size_t>(written));
    else
      ok = written < 0 && errno == EINTR;
  }
  ok = ok && ::fsync(file) == 0;
  int reason = errno;
  if (file >= 0) ::close(file);
  if (ok && ::rename(temporary.c_str(), path.c_str()) == 0) return;
  if (ok) reason = errno;
  ::unlink(temporary.c_str());
  throw std::runtime_error("The file " + path.string() +
                           " cannot be written: " + std::strerror(reason) + ".");
}

}  // namespace sancho::core

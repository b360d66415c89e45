#pragma once

#include <cstddef>
#include <span>

namespace sancho::engine {

/// Size and alignment, in bytes, of the pages that save a processor most of its address
/// translations.
inline constexpr std::size_t kLargePage = std::size_t{2} << 20;

/// Owned memory that begins on the boundary of a large page and, where the system can, lies in such
/// pages. Holds anything at first. Throws std::bad_alloc.
class LargePages {
 public:
  explicit LargePages(std::size_t size);
  LargePages(LargePages&& other) noexcept;
  LargePages& operator=(LargePages&& other) noexcept;
  ~LargePages();

  std::span<std::byte> bytes() const { return bytes_; }

 private:
  std::span<std::byte> bytes_;
};

/// Says that `memory` will hardly be read again. What a file holds too leaves the process; nothing
/// is lost.
void put_aside(std::span<const std::byte> memory);

}  // namespace sancho::engine

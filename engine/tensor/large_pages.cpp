#include "engine/tensor/large_pages.h"

#include <sys/mman.h>

#include <cstdint>
#include <new>
#include <utility>

namespace sancho::engine {

LargePages::LargePages(std::size_t size)
    : bytes_(static_cast<std::byte*>(::operator new(size, std::align_val_t(kLargePage))), size) {
#ifdef MADV_HUGEPAGE
  ::madvise(bytes_.data(), size, MADV_HUGEPAGE);
#endif
}

LargePages::LargePages(LargePages&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

LargePages& LargePages::operator=(LargePages&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

LargePages::~LargePages() {
  ::operator delete(bytes_.data(), std::align_val_t(kLargePage));
}

void put_aside([[maybe_unused]] std::span<const std::byte> memory) {
#ifdef MADV_PAGEOUT
  // Whole pages of any size that is in use.
  constexpr std::uintptr_t page = 65536;
  const auto begin = reinterpret_cast<std::uintptr_t>(memory.data());
  const auto first = (begin + page - 1) / page * page, last = (begin + memory.size()) / page * page;
  if (first < last) ::madvise(reinterpret_cast<void*>(first), last - first, MADV_PAGEOUT);
#endif
}

}  // namespace sancho::engine

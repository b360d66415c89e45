#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

namespace sancho::engine {

/// A fast 64-bit hash that tells runs apart and notices damaged files; no defence against malice.
class Hash {
 public:
  void add(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      std::uint64_t word = 0;
      const std::size_t n = std::min(bytes.size(), sizeof word);
      std::memcpy(&word, bytes.data(), n);
      state_ = (state_ ^ word) * 0x9e3779b97f4a7c15u;
      state_ ^= state_ >> 29;
      bytes = bytes.subspan(n);
    }
  }
  template <class T>
  void add_value(const T& value) {
    add(std::as_bytes(std::span(&value, 1)));
  }
  std::string word() const { return std::to_string(state_); }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325u;
};

}  // namespace sancho::engine

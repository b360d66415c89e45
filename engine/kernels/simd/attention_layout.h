#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "engine/kernels/attention.h"

// Internal linkage: files that hold wide instructions include this, and nothing compiled there may
// be linked into code for other processors.

namespace sancho::engine {
namespace {

/// The bits of a half-precision number.
struct Half {
  std::uint16_t bits;
};

/// Query vectors that a kernel takes through the blocks together.
inline constexpr std::size_t kQueryTile = 32;

/// Elements between two positions' values.
constexpr std::size_t kv_value_stride(std::size_t dim) {
  return (dim + 15) / 16 * 16;
}

/// Where the parts of a block lie. Byte is std::byte or const std::byte.
template <class Element, class Byte>
struct KvBlockView {
  template <class T>
  using Of = std::conditional_t<std::is_const_v<Byte>, const T, T>;

  Of<Element>* keys;
  Of<Element>* values;
  Of<float>* key_scales = nullptr;  // int8 alone
  Of<float>* value_scales = nullptr;

  KvBlockView(Byte* block, std::size_t dim)
      : keys(reinterpret_cast<Of<Element>*>(block)), values(keys + kKvBlock * dim) {
    if constexpr (std::is_same_v<Element, std::int8_t>) {
      key_scales = reinterpret_cast<Of<float>*>(values + kKvBlock * kv_value_stride(dim));
      value_scales = key_scales + kKvBlock;
    }
  }
};

}  // namespace
}  // namespace sancho::engine

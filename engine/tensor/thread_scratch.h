#pragma once

#include <cstddef>

#include "engine/tensor/aligned_buffer.h"

namespace sancho::engine {

/// At least `size` elements that belong to the calling thread until it ends, one block for each
/// `Use`; they hold whatever the last call left there.
template <class Use, class T>
T* thread_scratch(std::size_t size) {
  static thread_local AlignedBuffer<T> memory;
  if (memory.size() < size) memory = AlignedBuffer<T>(size);
  return memory.data();
}

}  // namespace sancho::engine

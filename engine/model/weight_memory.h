#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "engine/tensor/large_pages.h"
#include "engine/weights/linear.h"

namespace sancho::engine {

/// The weights of a model that no file holds in our storages: one after the other in large pages,
/// where each layer alone would have blocks of its own in small ones.
class WeightMemory {
 public:
  /// The same layer with its weights in here; this must outlive it. Threads may call at once.
  std::unique_ptr<Linear> take(std::unique_ptr<Linear> layer);

 private:
  std::span<std::byte> room(std::size_t size);

  std::mutex mutex_;
  std::vector<LargePages> blocks_;
  std::size_t taken_ = 0;      // by all blocks
  std::span<std::byte> free_;  // of the last block
};

}  // namespace sancho::engine

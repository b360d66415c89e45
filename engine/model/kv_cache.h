#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/kernels/attention.h"
#include "engine/model/config.h"
#include "engine/tensor/aligned_buffer.h"

namespace sancho::engine {

/// The keys and values of one sequence in pages of kKvBlock positions, after PagedAttention (Kwon
/// et al. 2023): memory grows with the text, and a copy shares every page until one of the two
/// writes to it.
class KvCache {
 public:
  KvCache(const ModelConfig& config, KvFormat format);

  KvFormat format() const { return format_; }
  /// Forgets the positions from `position` on.
  void truncate(std::size_t position);
  /// Makes positions [first, end) writable, `first` being where the text ends.
  void make_room(std::size_t first, std::size_t end);

  /// One pointer per page; a head's block in a page lies `offset` bytes on.
  const std::byte* const* pages() const { return addresses_.data(); }
  std::size_t offset(std::size_t layer, std::size_t kv_head) const {
    return (layer * kv_heads_ + kv_head) * block_bytes_;
  }
  /// The block that holds a writable position.
  std::byte* block(std::size_t layer, std::size_t kv_head, std::size_t position) const {
    return pages_[position / kKvBlock]->data() + offset(layer, kv_head);
  }
  /// Memory of all pages, shared ones included.
  std::size_t bytes() const { return pages_.size() * page_bytes_; }

 private:
  using Page = AlignedBuffer<std::byte>;  // [layers, kv heads] blocks

  KvFormat format_;
  std::size_t kv_heads_, block_bytes_, page_bytes_;
  std::vector<std::shared_ptr<Page>> pages_;
  std::vector<const std::byte*> addresses_;  // of pages_
};

}  // namespace sancho::engine

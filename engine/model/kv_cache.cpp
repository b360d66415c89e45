#include "engine/model/kv_cache.h"

#include <algorithm>

namespace sancho::engine {

KvCache::KvCache(const ModelConfig& config, KvFormat format)
    : format_(format),
      kv_heads_(config.num_key_value_heads),
      block_bytes_((kv_block_bytes(format, config.head_dim) + 63) / 64 * 64),
      page_bytes_(config.num_hidden_layers * kv_heads_ * block_bytes_) {}

void KvCache::truncate(std::size_t position) {
  const std::size_t kept = (position + kKvBlock - 1) / kKvBlock;
  if (kept >= pages_.size()) return;
  pages_.resize(kept);
  addresses_.resize(kept);
}

void KvCache::make_room(std::size_t first, std::size_t end) {
  truncate(first);
  if (first % kKvBlock != 0 && pages_.back().use_count() > 1) {
    auto own = std::make_shared<Page>(page_bytes_);
    std::ranges::copy(pages_.back()->span(), own->begin());
    addresses_.back() = own->data();
    pages_.back() = std::move(own);
  }
  while (pages_.size() * kKvBlock < end) {
    pages_.push_back(std::make_shared<Page>(page_bytes_));
    addresses_.push_back(pages_.back()->data());
  }
}

}  // namespace sancho::engine

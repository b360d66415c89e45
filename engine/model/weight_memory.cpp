#include "engine/model/weight_memory.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

namespace sancho::engine {

std::unique_ptr<Linear> WeightMemory::take(std::unique_ptr<Linear> layer) {
  std::map<std::string, TensorView> tensors;
  layer->save("", [&](const TensorView& tensor) {
    const auto copy = room(tensor.data.size());
    std::ranges::copy(tensor.data, copy.begin());
    TensorView& view = tensors[tensor.name] = tensor;
    view.data = copy;
  });
  const TensorLookup lookup = [&](const std::string& name) -> std::optional<TensorView> {
    const auto found = tensors.find(name);
    return found == tensors.end() ? std::nullopt : std::optional(found->second);
  };
  const std::size_t out = layer->out_features(), in = layer->in_features();
  layer.reset();
  return load_linear(lookup, "", out, in);
}

std::span<std::byte> WeightMemory::room(std::size_t size) {
  constexpr std::size_t largest_block = 32 * kLargePage, alignment = 64;
  const std::size_t needed = (size + alignment - 1) / alignment * alignment;
  const std::lock_guard lock(mutex_);
  if (free_.size() < needed) {
    // As much again as there is, so that small models take little.
    blocks_.emplace_back(std::max(std::min(taken_, largest_block), needed));
    taken_ += blocks_.back().bytes().size();
    free_ = blocks_.back().bytes();
  }
  const auto taken = free_.first(size);
  free_ = free_.subspan(needed);
  return taken;
}

}  // namespace sancho::engine

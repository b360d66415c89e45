#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "engine/model/model.h"
#include "engine/train/parameters.h"

namespace sancho::engine {

/// A model's weights as training reads them when they are not trained: matrices stay in whatever
/// storage they are in. The model must live as long.
template <class T>
class FrozenBase {
 public:
  FrozenBase(const Model& model, const ParameterLayout& layout);

  /// The layers of `count` neighbouring slots.
  std::span<const Linear* const> layers(std::size_t slot, std::size_t count) const {
    return std::span(layers_).subspan(slot, count);
  }
  const T* norm(std::size_t slot) const { return norms_[slot].data(); }

 private:
  std::vector<const Linear*> layers_;  // by slot; null for norms
  std::vector<std::vector<T>> norms_;  // by slot; empty for matrices
};

}  // namespace sancho::engine

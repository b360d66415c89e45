#include "engine/train/frozen_base.h"

#include "engine/model/model_builder.h"

namespace sancho::engine {

template <class T>
FrozenBase<T>::FrozenBase(const Model& model, const ParameterLayout& layout)
    : layers_(layout.parts.size()), norms_(layout.parts.size()) {
  for (std::size_t i = 0; i < layout.parts.size(); ++i) {
    const ParameterSlot& slot = layout.parts[i];
    if (slot.norm) {
      const auto weights = norm_by_name(model, slot.name);
      norms_[i].assign(weights.begin(), weights.end());
    } else {
      layers_[i] = linear_by_name(model, slot.name).get();
    }
  }
}

template class FrozenBase<float>;
template class FrozenBase<double>;

}  // namespace sancho::engine

#pragma once

#include <cstddef>
#include <memory>

#include "engine/model/model.h"

namespace sancho::engine {

/// `model` with `layers` blocks, f32, to be trained on: the new blocks are spread evenly, and each
/// is a copy of the block before it whose o_proj and down_proj are zero. It adds nothing to the
/// residual stream until it is trained, so the grown model computes what `model` does (block
/// expansion; Wu et al. 2024, "LLaMA Pro"). The metadata stays behind. Throws std::invalid_argument
/// where `layers` is less than the model has, or it has none.
std::shared_ptr<const Model> grow_layers(const Model& model, std::size_t layers);

}  // namespace sancho::engine

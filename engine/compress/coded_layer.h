#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/tensor/matrix_view.h"
#include "engine/weights/linear.h"

namespace sancho::engine {

/// The scale of each row that spreads it over −127…127; 1 for a row of zeros.
std::vector<float> row_scales(MatrixView<const float> w);

/// An int8 or sparse-int8 layer with exactly the codes w/scale, instead of codes chosen anew. The
/// memory behind it is added to `keep_alive`.
std::unique_ptr<Linear> make_coded_linear(Storage storage, MatrixView<const float> w,
                                          std::span<const float> scales,
                                          std::vector<std::shared_ptr<const void>>& keep_alive);

}  // namespace sancho::engine

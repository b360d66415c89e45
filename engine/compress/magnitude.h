#pragma once

#include "engine/tensor/matrix_view.h"

namespace sancho::engine {

/// Sets the round(sparsity · rows · cols) weights of smallest size to zero.
void prune_magnitude(MatrixView<float> w, double sparsity);

}  // namespace sancho::engine

#pragma once

#include <memory>
#include <span>

#include "engine/tensor/matrix_view.h"
#include "engine/weights/linear.h"

namespace sancho::engine {

/// The layer of a quantised storage with exactly the codes w/scale, instead of codes chosen anew;
/// scales `[rows, groups]`.
std::shared_ptr<const Linear> make_coded_linear(const Format& format, MatrixView<const float> w,
                                                std::span<const float> scales);

}  // namespace sancho::engine

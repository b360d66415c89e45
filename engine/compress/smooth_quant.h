#pragma once

#include <span>
#include <vector>

#include "engine/compress/calibration.h"
#include "engine/tensor/matrix_view.h"

namespace sancho::engine {

/// SmoothQuant (Xiao et al. 2023): s_j = max|x_j|^α / max|W_:,j|^(1−α), by which inputs j of
/// `weights` `[out, in]`, which read the same x, become smaller and their columns larger. 1 where
/// either is zero.
std::vector<float> smoothing(std::span<const float> largest_inputs,
                             std::span<const MatrixView<float>> weights, double alpha);

/// Divides the norm before the layers by s, multiplies their columns by it, and states the moments
/// of the inputs as they then are. The layers' outputs stay the same.
void smooth(std::span<const float> s, std::span<float> norm,
            std::span<const MatrixView<float>> weights, InputMoments& moments);

}  // namespace sancho::engine

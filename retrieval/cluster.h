#pragma once

#include <cstdint>
#include <vector>

#include "engine/tensor/matrix_view.h"

namespace sancho::retrieval {

/// Cluster of each row of `points` `[n, dimension]`: principal components that hold `variance` of
/// the spread, then k-means (best of five starts). The same seed gives the same clusters.
std::vector<std::size_t> cluster(engine::MatrixView<const float> points, std::size_t clusters,
                                 double variance, int seed);

}  // namespace sancho::retrieval

#pragma once

#include <span>
#include <vector>

#include "engine/tensor/matrix_view.h"

namespace sancho::core {

/// Area under the divergence curve of two histograms that each sum to 1 (Pillutla et al. 2021,
/// scaling 5, 25 mixtures): 1 where they are equal, towards 0 where they share nothing.
double mauve_of_histograms(std::span<const double> p, std::span<const double> q);

/// MAUVE of two sets of unit vectors, `[n, dimension]` each: principal components that hold 90 %
/// of the spread, k-means with a tenth as many clusters as vectors of one set, then the curve. Not
/// a number where a set has fewer than two. With a few dozen mails it is noisy and too high:
/// compare it only with others of the same n.
double mauve(const std::vector<std::vector<float>>& human,
             const std::vector<std::vector<float>>& machine, int seed);

}  // namespace sancho::core

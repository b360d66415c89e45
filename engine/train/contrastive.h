#pragma once

#include <cstddef>

namespace sancho::engine {

/// Symmetric InfoNCE (van den Oord et al. 2018; both directions as in Radford et al. 2021) over
/// `pairs` rows left[i], right[i] `[pairs, width]`: the cosine of a pair, over the temperature,
/// must stand out among those of left[i] with every right row and of right[i] with every left row.
/// Returns Σ over the pairs. Where dleft and dright are not null they are overwritten with the
/// gradient of `scale` times that.
template <class T>
double info_nce(std::size_t pairs, std::size_t width, const T* left, const T* right, T temperature,
                T scale, T* dleft, T* dright);

}  // namespace sancho::engine

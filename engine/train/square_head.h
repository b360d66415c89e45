#pragma once

#include <cstddef>

namespace sancho::engine {

/// One block's term of SquareHead (Kurtić et al. 2023): MSE(student, teacher)/(MSE(teacher, 0) + ε)
/// over hidden states of `count` elements. The gradient with respect to the student, times `scale`,
/// is added to `gradient` unless null.
template <class T>
double square_head(const T* student, const T* teacher, std::size_t count, double epsilon, T scale,
                   T* gradient);

/// ε of the recipe for language models.
inline constexpr double kSquareHeadEpsilon = 0x1p-7;

}  // namespace sancho::engine

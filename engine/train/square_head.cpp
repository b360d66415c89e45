#include "engine/train/square_head.h"

namespace sancho::engine {

template <class T>
double square_head(const T* student, const T* teacher, std::size_t count, double epsilon, T scale,
                   T* gradient) {
  double error = 0, size = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto difference = static_cast<double>(student[i] - teacher[i]);
    error += difference * difference;
    size += static_cast<double>(teacher[i]) * static_cast<double>(teacher[i]);
  }
  // Both are means over `count`, so that ε counts `count` times.
  const double whole = size + epsilon * static_cast<double>(count);
  if (!(whole > 0)) return 0;
  if (gradient) {
    const T factor = scale * static_cast<T>(2 / whole);
    for (std::size_t i = 0; i < count; ++i) gradient[i] += factor * (student[i] - teacher[i]);
  }
  return error / whole;
}

template double square_head(const float*, const float*, std::size_t, double, float, float*);
template double square_head(const double*, const double*, std::size_t, double, double, double*);

}  // namespace sancho::engine

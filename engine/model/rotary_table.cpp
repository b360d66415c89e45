#include "engine/model/rotary_table.h"

#include <cmath>

namespace sancho::engine {

RotaryTable::RotaryTable(const ModelConfig& config) : frequencies_(config.head_dim / 2) {
  const auto half = static_cast<double>(frequencies_.size());
  for (std::size_t i = 0; i < frequencies_.size(); ++i)
    frequencies_[i] =
        std::pow(static_cast<double>(config.rope_theta), -static_cast<double>(i) / half);
}

void RotaryTable::reach(std::size_t positions) {
  const std::size_t half = frequencies_.size();
  if (half == 0) return;
  for (std::size_t p = cosines_.size() / half; p < positions; ++p)
    for (const double frequency : frequencies_) {
      const double angle = static_cast<double>(p) * frequency;
      cosines_.push_back(static_cast<float>(std::cos(angle)));
      sines_.push_back(static_cast<float>(std::sin(angle)));
    }
}

}  // namespace sancho::engine

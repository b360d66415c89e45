#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/model/config.h"

namespace sancho::engine {

/// Cosines and sines of rotary position embeddings (Su et al. 2021), made as far as needed.
class RotaryTable {
 public:
  explicit RotaryTable(const ModelConfig& config);

  /// Makes all positions below `positions` ready.
  void reach(std::size_t positions);
  /// `[head_dim / 2]` each.
  std::span<const float> cosines(std::size_t position) const { return row(cosines_, position); }
  std::span<const float> sines(std::size_t position) const { return row(sines_, position); }

 private:
  std::span<const float> row(const std::vector<float>& table, std::size_t position) const {
    return std::span(table).subspan(position * frequencies_.size(), frequencies_.size());
  }

  std::vector<double> frequencies_;     // [head_dim / 2], radians per position
  std::vector<float> cosines_, sines_;  // [positions, head_dim / 2]
};

}  // namespace sancho::engine

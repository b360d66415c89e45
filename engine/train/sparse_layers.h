#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "engine/tensor/aligned_buffer.h"
#include "engine/train/gemm.h"
#include "engine/train/optimizer.h"
#include "engine/train/parameters.h"
#include "engine/train/sparse_linear.h"

namespace sancho::engine {

/// Which matrices of a sparse model go through `SparseProducts` in training: those with few enough
/// weights for it to be faster than a dense product on this machine. The products that share an
/// input are one matrix, as in the network.
class SparseLayers {
 public:
  /// Below this no matrix is tried.
  static constexpr double kLeastSparsity = 0.7;

  SparseLayers() = default;
  /// `pattern_of(slot)`: a part's pattern, null where it has none; patterns outlive this.
  SparseLayers(const ParameterLayout& layout,
               const std::function<const Pattern*(std::size_t)>& pattern_of);

  /// Takes the sparse way where `speed_up`, a layer's dense time over its sparse time, is at least
  /// kLeastSpeedUp.
  static constexpr double kLeastSpeedUp = 1.2;
  void choose(const std::function<double(const SparseLayer&)>& speed_up);
  /// Follows a choice that a checkpoint has put into `state`.
  void adopt();
  /// The choice, a byte for each matrix that may be sparse: nothing where there is none.
  std::vector<StateArray> state();

  /// The matrix that begins at `slot`; null where it is dense.
  const SparseLayer* at(std::size_t slot) const {
    return slot < by_slot_.size() ? by_slot_[slot].get() : nullptr;
  }

 private:
  struct Candidate {
    std::size_t slot = 0, in = 0;
    std::vector<const Pattern*> parts;
  };

  std::vector<Candidate> candidates_;
  AlignedBuffer<std::uint8_t> chosen_;  // of each candidate
  std::vector<std::unique_ptr<SparseLayer>> by_slot_;
};

/// Times a layer forward and backward both ways with `tokens` tokens, on the threads of the calling
/// thread's products. One measurement serves all later layers of this process that have the same
/// shape and about the same sparsity.
double measured_speed_up(const SparseLayer& layer, std::size_t tokens, GemmPrecision precision);

}  // namespace sancho::engine

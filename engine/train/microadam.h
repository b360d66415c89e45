#pragma once

#include <cstdint>
#include <vector>

#include "engine/tensor/aligned_buffer.h"
#include "engine/train/optimizer.h"
#include "engine/train/sparse_window.h"

namespace sancho::engine {

struct MicroAdamOptions {
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weight_decay = 0;
  double density = 0.01;      // share of a block's gradients kept per step
  std::size_t window = 10;    // steps remembered
  std::size_t block = 32768;  // the largest that 16-bit offsets reach
  std::size_t bucket = 256;   // errors that share one range; divides `block`
};

/// What MicroAdam (Modoranu et al. 2024) remembers: the largest gradients of the last steps, and
/// what they left behind in four bits per weight. Adam's two moments never exist as a whole; they
/// are made again from the window, one block at a time. `Stored` is bf16 in training; double
/// throughout reproduces the algorithm in exact arithmetic.
template <class Real, class Stored>
class MicroAdamMemory {
 public:
  using Window = SparseWindow<Real, Stored>;
  using Block = typename Window::Block;

  /// `sizes`: elements of each tensor.
  MicroAdamMemory(const MicroAdamOptions& options, const std::vector<std::size_t>& sizes);

  const std::vector<Block>& blocks() const { return window_.blocks(); }

  void begin_step();
  /// Updates the weights of one block from its gradient, both `[block.size]`; the gradient is read
  /// once. Blocks of one step may run in parallel.
  void step_block(const Block& block, const Real* gradient, Real* weights, double learning_rate,
                  double weight_decay);

  /// Empties the window and the error buffer.
  void forget();
  std::vector<StateArray> state();
  /// The error buffer's codes, two to a byte, the first in the high half; every block begins a
  /// byte.
  const AlignedBuffer<std::uint8_t>& codes() const { return codes_; }

 private:
  MicroAdamOptions options_;
  Window window_;
  std::vector<std::size_t> codes_at_, buckets_at_;  // of each block
  AlignedBuffer<std::uint8_t> codes_;
  AlignedBuffer<Real> ranges_;  // lowest and highest error of each bucket
  AlignedBuffer<std::int64_t> steps_{1};

  std::vector<Real> fade1_, fade2_;  // βᵃᵍᵉ of the steps in the window
  double correction1_ = 0, correction2_ = 0;
};

/// MicroAdam as an optimizer: about 0.93 bytes of state per parameter. It steps further than Adam
/// at the same learning rate (for a constant gradient 2× after 100 steps, 5× after 1,000), so give
/// long runs a lower rate.
class MicroAdam final : public Optimizer {
 public:
  MicroAdam(const MicroAdamOptions& options, const std::vector<std::size_t>& sizes);
  void step(std::span<const ParameterSpan> tensors, double learning_rate,
            ThreadPool& pool) override;
  void forget_momentum() override { memory_.forget(); }
  std::vector<StateArray> state() override { return memory_.state(); }

 private:
  double weight_decay_;
  MicroAdamMemory<float, bf16> memory_;
};

}  // namespace sancho::engine

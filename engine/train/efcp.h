#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/tensor/aligned_buffer.h"
#include "engine/train/optimizer.h"
#include "engine/train/sparse_window.h"

namespace sancho::engine {

/// How EFCP turns its window into a step. Both take a gradient that the window ends with.
enum class Preconditioner {
  mfac,  // M-FAC (Frantar et al. 2021): the inverse of λI + (1/m)·Σ c·cᵀ
  ggt,   // GGT (Agarwal et al. 2019): the inverse of ε + (c·cᵀ summed over the window)^½
};

struct EfcpOptions {
  Preconditioner preconditioner = Preconditioner::mfac;
  double damping = 5e-5;      // λ of M-FAC, ε of GGT
  double jitter = 1e-6;       // GGT: added to the diagonal before its eigenvalues are taken
  double density = 0.01;      // share of a block's gradients kept per step
  std::size_t window = 128;   // steps remembered: m of M-FAC, r of GGT
  std::size_t block = 32768;  // the largest that 16-bit offsets reach
  double weight_decay = 0;
};

/// Error feedback for compressed preconditioners (EFCP, Modoranu et al. 2023): each step the
/// largest gradients go into a window, the rest waits in an error buffer, and what the window holds
/// is preconditioned by all of it. Steps scale with 1/damping. `Stored` is bf16 in training.
template <class Real, class Stored>
class EfcpMemory {
 public:
  EfcpMemory(const EfcpOptions& options, const std::vector<std::size_t>& sizes);

  /// One step over tensors laid out as `sizes`: weights −= rate · preconditioned gradient. Results
  /// do not depend on the number of threads.
  struct Tensor {
    Real* weights;
    const Real* gradient;
    double rate, weight_decay;
  };
  void step(std::span<const Tensor> tensors, ThreadPool& pool);

  void forget();
  std::vector<StateArray> state();

 private:
  using Window = SparseWindow<Real, Stored>;

  EfcpOptions options_;
  Window window_;
  AlignedBuffer<Real> error_;   // of every weight
  AlignedBuffer<double> gram_;  // [window, window]: products of the rows
  AlignedBuffer<std::int64_t> steps_{1};
};

/// EFCP as an optimizer, experimental: 4 + 4·density·window bytes of state per parameter, 9.1 by
/// default.
class Efcp final : public Optimizer {
 public:
  Efcp(const EfcpOptions& options, const std::vector<std::size_t>& sizes);
  void step(std::span<const ParameterSpan> tensors, double learning_rate,
            ThreadPool& pool) override;
  void forget_momentum() override { memory_.forget(); }
  std::vector<StateArray> state() override { return memory_.state(); }

 private:
  double weight_decay_;
  EfcpMemory<float, bf16> memory_;
};

/// A step as a combination: step = own·c + Σ others[r]·c_r, where c is row `newest` of a window and
/// `gram` `[rows, rows]` holds the products of its rows.
struct PreconditionedStep {
  double own = 0;
  std::vector<double> others;
};
PreconditionedStep mfac_step(std::span<const double> gram, std::size_t rows, std::size_t newest,
                             double damping);
PreconditionedStep ggt_step(std::span<const double> gram, std::size_t rows, std::size_t newest,
                            double damping, double jitter);

}  // namespace sancho::engine

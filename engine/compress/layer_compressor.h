#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/compress/calibration.h"
#include "engine/compress/grid.h"
#include "engine/compress/inverse_factor.h"
#include "engine/compress/magnitude.h"
#include "engine/kernels/thread_pool.h"
#include "engine/weights/linear.h"

namespace sancho::engine {

/// How zeros are chosen: by size alone, or with the inputs in view (SparseGPT).
enum class PruneMethod { magnitude, sparsegpt };
/// How weights are rounded: each to the nearest, or with the inputs in view (GPTQ).
enum class RoundMethod { nearest, gptq };

struct LayerOptions {
  PruneMethod prune = PruneMethod::sparsegpt;
  RoundMethod round = RoundMethod::gptq;
  std::size_t drop = 0, of = 0;  // zeros by neighbours (4 of 8) instead of by the format's share
  bool keep_zeros = false;       // weights that are zero stay so, and no others become it
  bool act_order = true;         // GPTQ: columns of large inputs first, with static groups
  bool clip = true;              // int4 scales that clip, see Grid
  double damping = 0.01;         // of the mean of H's diagonal
  std::size_t block = 128;       // columns that SparseGPT chooses zeros among
  std::size_t refine = 8;        // sweeps of coordinate descent over what SparseGPT and GPTQ made
};

/// One layer as it became. `error` is ‖(W−Ŵ)X‖²/‖WX‖² over the calibration text, or of the weights
/// alone where there was none.
struct LayerReport {
  std::string name, format;
  double sparsity = 0, error = 0;
  double plain_error = 0;  // what magnitude pruning and round-to-nearest would have cost
  std::size_t bytes = 0;
};

struct CompressedLayer {
  std::shared_ptr<const Linear> linear;
  LayerReport report;
};

/// What `format` and `options` say about zeros.
Sparsity sparsity_of(const Format& format, const LayerOptions& options);

/// Compresses the layers that read their inputs at one place.
class LayerCompressor {
 public:
  /// `moments` may be null where nothing is calibrated: magnitude and round-to-nearest.
  LayerCompressor(const LayerOptions& options, const InputMoments* moments, ThreadPool& pool,
                  std::stop_token stop);
  ~LayerCompressor();

  /// w `[out, in]` as `format` has it. Throws CompressionStopped.
  CompressedLayer compress(const std::string& name, MatrixView<const float> w,
                           const Format& format);

 private:
  /// Weights as they became, `[out, in]`, with the scales of a grid.
  struct Values {
    AlignedBuffer<float> weights;
    std::vector<float> scales;
    double error = 0;
  };

  const InputStatistics& statistics(bool by_size);
  double energy(MatrixView<const float> w);
  Values treat(MatrixView<const float> w, const Sparsity& sparsity, Storage storage,
               const std::optional<Grid>& grid, PruneMethod prune, RoundMethod round);
  double error_of(MatrixView<const float> w, MatrixView<const float> made);

  const LayerOptions& options_;
  const InputMoments* moments_;
  ThreadPool& pool_;
  std::stop_token stop_;
  std::optional<InputStatistics> statistics_[2];  // in the columns' order, and by size
};

}  // namespace sancho::engine

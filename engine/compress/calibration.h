#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/compress/activation_file.h"
#include "engine/kernels/thread_pool.h"
#include "engine/model/model.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/train/dataset.h"

namespace sancho::engine {

/// The four places of a block where linear layers read their inputs, in the order they are reached:
/// q k v; o; gate up; down.
enum class BlockInput { attention, attention_out, mlp, mlp_out };
inline constexpr std::array<BlockInput, 4> block_inputs{
    BlockInput::attention, BlockInput::attention_out, BlockInput::mlp, BlockInput::mlp_out};

/// What is gathered of the inputs x at one place, over N tokens.
struct InputMoments {
  std::size_t inputs = 0;
  AlignedBuffer<float> hessian;  // H = 2/N Σ xxᵀ, [inputs, inputs]
  AlignedBuffer<float> largest;  // max |x|, [inputs]

  MatrixView<const float> view() const { return {hessian.data(), inputs, inputs}; }
};

/// Samples spread evenly over `samples` until `tokens` are reached, each cut to `max_length`.
/// Throws std::runtime_error where there is none, std::invalid_argument on a token outside the
/// vocabulary.
std::vector<std::vector<TokenId>> choose_calibration(std::span<const TrainSample> samples,
                                                     std::size_t tokens, const ModelConfig& config);

/// Calibration text on its way through the blocks of a model, whose activations lie in files. A
/// block is a DecoderLayer whose linear layers appear as they are compressed: `moments` at a place
/// needs the layers before it, `leave` needs them all. So every layer is fed by its compressed
/// predecessors, and every product is made once.
class Calibration {
 public:
  /// `folder` exists and keeps the activations. Stands before block `block`; of a block that is not
  /// the first, the activations are there already. Throws CompressionStopped.
  Calibration(const Model& model, std::vector<std::vector<TokenId>> samples,
              const std::filesystem::path& folder, std::size_t block, ThreadPool& pool,
              std::stop_token stop);
  ~Calibration();

  std::size_t tokens() const { return starts_.back(); }
  /// The inputs at `place` of the block that it stands before. Places are visited in order.
  InputMoments moments(const DecoderLayer& layer, BlockInput place);
  /// Goes through the block; the activations after it are on the disk when this returns.
  void leave(const DecoderLayer& layer);

 private:
  struct Scratch;
  using Rows = MatrixView<float>;

  /// Calls `visit(first token, rows)` for pieces of whole samples.
  void for_each_chunk(const std::function<void(std::size_t, std::size_t)>& visit) const;
  void embed(const Linear& table);
  Rows normed(const ActivationFile& from, const AlignedBuffer<float>& weight, std::size_t first,
              std::size_t rows);
  Rows attend(const DecoderLayer& layer, std::size_t first, std::size_t rows);
  Rows after_attention(const DecoderLayer& layer, std::size_t first, std::size_t rows);
  Rows activate(const DecoderLayer& layer, std::size_t first, std::size_t rows);
  ActivationFile& stream(std::size_t block) { return *streams_[block % 2]; }

  const ModelConfig config_;
  std::vector<std::vector<TokenId>> samples_;
  std::vector<std::size_t> starts_{0};  // tokens before each sample
  std::size_t block_;
  ThreadPool& pool_;
  std::stop_token stop_;
  std::unique_ptr<ActivationFile> streams_[2];       // residual stream before even and odd blocks
  std::unique_ptr<ActivationFile> middle_;           // after attention
  std::unique_ptr<ActivationFile> attended_, wide_;  // inputs of o and down
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace sancho::engine

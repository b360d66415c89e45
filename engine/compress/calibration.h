#pragma once

#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/kernels/thread_pool.h"
#include "engine/model/config.h"
#include "engine/train/dataset.h"
#include "engine/train/parameters.h"

namespace sancho::engine {

/// The four places of a block where linear layers read their inputs, in the order they are reached:
/// q k v; o; gate up; down.
enum class BlockInput { attention, attention_out, mlp, mlp_out };

/// Calibration text on its way through the blocks of a model whose weights `[layout.size]` change
/// as they are compressed. It always stands before one block.
class Calibration {
 public:
  /// Takes samples spread evenly over `samples` until `tokens` are reached.
  Calibration(const ModelConfig& config, const ParameterLayout& layout,
              std::span<const float> weights, std::span<const TrainSample> samples,
              std::size_t tokens, ThreadPool& pool);
  ~Calibration();

  std::size_t tokens() const { return starts_.back(); }
  /// H = 2/N Σ xxᵀ of the inputs x at one place of block `l`, made with the weights as they are
  /// now,
  /// `[in, in]`. Empty when stopped.
  std::optional<std::vector<double>> hessian(std::size_t l, BlockInput place, std::stop_token stop);
  /// Goes through block `l` with its weights as they are now.
  void advance(std::size_t l);

 private:
  struct Runner;
  template <class Visit>
  bool for_each_sample(Visit visit, std::stop_token stop);

  const ParameterLayout& layout_;
  const float* weights_;
  std::size_t hidden_;
  ThreadPool& pool_;
  std::vector<std::size_t> starts_{0};
  std::vector<float> x_;  // residual stream, [tokens, hidden]
  std::vector<std::unique_ptr<Runner>> runners_;
};

}  // namespace sancho::engine

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/kernels/thread_pool.h"
#include "engine/model/model.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/train/frozen_base.h"
#include "engine/train/hash.h"
#include "engine/train/network.h"
#include "engine/train/optimizer.h"
#include "engine/train/pattern.h"
#include "engine/train/trainer.h"

namespace sancho::engine {

/// A model's weights as training holds them, and which of them are trained: all of them in f32, or
/// adapters over a base that stays as it is in `model`, which must then live as long.
class TrainableWeights {
 public:
  TrainableWeights(const Model& model, const TrainOptions& options);

  const ModelConfig& config() const { return config_; }
  const ParameterLayout& layout() const { return layout_; }
  /// Null without adapters.
  const AdapterLayout* adapter_layout() const { return adapters_ ? &*adapters_ : nullptr; }

  /// The matrices of a sparse model that are trained through their patterns.
  SparseLayers& sparse_layers() { return sparse_layers_; }
  /// Starts the adapters anew, with sparse ones at `patterns` unless that is empty.
  void start_adapters(std::vector<CsrPattern> patterns);

  /// Adds the base weights, whatever their storage.
  void add_base_to(Hash& hash) const;
  /// What the forward pass reads.
  NetworkWeights<float> view() const;
  /// `buffer` as the gradient of what is trained.
  NetworkGradients<float> gradients(float* buffer) const;
  /// The flat buffer that is trained: all weights, or the adapters.
  std::span<float> trained();
  std::span<const float> trained() const { return const_cast<TrainableWeights*>(this)->trained(); }
  /// Weights of each tensor as the optimizer sees it, those outside a sparse pattern not counted.
  std::vector<std::size_t> tensor_sizes() const;
  /// Trained weights, those outside a sparse pattern not counted.
  std::size_t parameters() const;

  /// Moves what a sparse pattern keeps of a gradient to the front of each layer, with zeros behind,
  /// so that norms and optimizers see only trained weights.
  void restrict_to_pattern(float* gradient, ThreadPool& pool) const;
  /// One optimizer step with a gradient that went through `restrict_to_pattern`.
  void step(Optimizer& optimizer, const float* gradient, double learning_rate, ThreadPool& pool);

  void save(const std::filesystem::path& path, Storage storage,
            const std::map<std::string, std::string>& metadata) const;

 private:
  struct Tensor {
    std::size_t offset = 0, size = 0;
    bool decays = true;
    double rate = 1;
    std::optional<Pattern> pattern;
  };
  void take_base(const Model& model, bool keep_patterns);
  void save_adapter(const std::filesystem::path& path,
                    const std::map<std::string, std::string>& metadata) const;

  const TrainOptions options_;
  ModelConfig config_;
  std::optional<Tokenizer> tokenizer_;
  std::map<std::string, std::string> metadata_;
  ParameterLayout layout_;
  AlignedBuffer<float> base_;     // empty where the base is frozen
  const Model* model_ = nullptr;  // the frozen base
  std::optional<FrozenBase<float>> frozen_;
  std::optional<AdapterLayout> adapters_;
  AlignedBuffer<float> adapter_;
  std::vector<Tensor> tensors_;
  SparseLayers sparse_layers_;
};

}  // namespace sancho::engine

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/model/config.h"
#include "engine/train/dataset.h"
#include "engine/train/frozen_base.h"
#include "engine/train/gemm.h"
#include "engine/train/parameters.h"
#include "engine/train/sparse_layers.h"

namespace sancho::engine {

/// Samples one after the other without padding; each attends only within itself.
struct PackedBatch {
  std::vector<TokenId> inputs;           // every token of a sample but its last
  std::vector<std::size_t> starts{0};    // where samples begin in `inputs`, and its end
  std::vector<std::size_t> target_rows;  // positions whose prediction counts
  std::vector<TokenId> targets;          // and what they should predict

  void add(std::span<const TokenId> tokens, std::size_t loss_from);
  void clear();
};

/// The base in a flat buffer laid out by ParameterLayout, or frozen in the storage of its model;
/// the adapters, where there are any, in one laid out by AdapterLayout.
template <class T>
struct NetworkWeights {
  const T* base = nullptr;
  const FrozenBase<T>* frozen = nullptr;
  const T* adapter = nullptr;
  T adapter_scale = 0;
  const SparseLayers* sparse = nullptr;  // those of `base` that are read through their patterns
};
/// Buffers of the same layouts, which gradients are added to. Null means not trained.
template <class T>
struct NetworkGradients {
  T* base = nullptr;
  T* adapter = nullptr;
  bool tables = true;  // the embedding and the head are trained too
  /// Called with the gradient `[out, in]` of each layer of `AdapterLayout::parts` as if its base
  /// weights were trained; the memory is used again for the next.
  std::function<void(std::size_t part, const T* gradient)> each = {};
};

template <class T>
class Network;

/// A teacher of the same shape that runs on the same batches (Kurtić et al. 2023). Beside the
/// text's own loss, `features` weighs SquareHead over the hidden states after each block and
/// `divergence` KL(teacher ‖ student), each per counted token.
template <class T>
struct Distillation {
  Network<T>* teacher = nullptr;
  NetworkWeights<T> weights;
  T features = 1, divergence = 0;
};

/// The decoder as training sees it: forward and backward over packed samples. One thread of
/// training owns one network.
template <class T>
class Network {
 public:
  /// Room for `max_tokens` inputs per batch, each sample at most `max_length` of them. With
  /// `recompute` only what enters each block is kept, and the block is run again going backward
  /// (gradient checkpointing, Chen et al. 2016); results are the same, bit for bit.
  Network(const ModelConfig& config, const ParameterLayout& layout, const AdapterLayout* adapters,
          std::size_t max_tokens, std::size_t max_length, GemmPrecision precision,
          bool recompute = false);
  ~Network();

  /// Bytes of activations that a network of this size keeps.
  static std::size_t activation_bytes(const ModelConfig& config, std::size_t max_tokens,
                                      bool recompute);

  /// Σ −log p over the counted tokens; empty when stopped.
  std::optional<double> loss(const NetworkWeights<T>& weights, const PackedBatch& batch,
                             std::stop_token stop = {});
  /// The same; adds the gradient of `scale` times it. When stopped the gradients are incomplete.
  std::optional<double> loss_and_gradient(const NetworkWeights<T>& weights,
                                          const NetworkGradients<T>& gradients,
                                          const PackedBatch& batch, T scale,
                                          std::stop_token stop = {},
                                          const Distillation<T>& distillation = {});
  /// Mean of the residual stream after the last block over the counted positions of each sample,
  /// `[samples, hidden]`: without the last norm, so that a word's weight can be its length. False
  /// when stopped.
  bool embed(const NetworkWeights<T>& weights, const PackedBatch& batch, T* out,
             std::stop_token stop = {});
  /// After `embed` of the same batch with the same weights: adds the gradient where that of `out`
  /// is `dout`. False when stopped.
  bool embed_backward(const NetworkWeights<T>& weights, const NetworkGradients<T>& gradients,
                      const PackedBatch& batch, const T* dout, std::stop_token stop = {});
  /// Logits after every input, `[inputs, vocab]`.
  std::vector<T> logits(const NetworkWeights<T>& weights, const PackedBatch& batch);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sancho::engine

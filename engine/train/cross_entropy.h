#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/text/tokenizer.h"
#include "engine/train/gemm.h"

namespace sancho::engine {

/// The head and its loss over many positions, a few hundred at a time, so that logits
/// `[positions, vocab]` never exist as a whole.
template <class T>
class HeadLoss {
 public:
  HeadLoss(std::size_t hidden, std::size_t vocab);

  /// Σ −log softmax(x·wᵀ)[target] over x `[targets, hidden]`, w `[vocab, hidden]`.
  double forward(Gemm& gemm, const T* x, const T* w, std::span<const TokenId> targets);
  /// The same, and the gradient of `scale` times it: dx overwritten, dw added to unless null.
  double forward_backward(Gemm& gemm, const T* x, const T* w, std::span<const TokenId> targets,
                          T scale, T* dx, T* dw);

 private:
  static constexpr std::size_t kChunk = 256;
  double rows_of(Gemm& gemm, const T* x, const T* w, std::span<const TokenId> targets);

  std::size_t hidden_, vocab_;
  std::vector<T> logits_;  // [kChunk, vocab], probabilities after rows_of
};

}  // namespace sancho::engine

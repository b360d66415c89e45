#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/text/tokenizer.h"
#include "engine/train/products.h"

namespace sancho::engine {

/// A teacher's view of the same positions: x `[targets, hidden]` before its head w, and how much
/// KL(teacher ‖ student) weighs beside the text's own loss.
template <class T>
struct HeadTeacher {
  Products<T>* products = nullptr;
  const T* x = nullptr;
  WeightMatrix<T> w;
  T weight = 0;
};

/// The head and its loss over many positions, a hundred or so at a time, so that logits
/// `[positions, vocab]` never exist as a whole.
template <class T>
class HeadLoss {
 public:
  explicit HeadLoss(std::size_t vocab);

  /// Σ −log softmax(x·wᵀ)[target] over x `[targets, hidden]`, w `[vocab, hidden]`.
  double forward(Products<T>& products, const T* x, const WeightMatrix<T>& w,
                 std::span<const TokenId> targets);
  /// The same, and the gradient of `scale` times it: dx overwritten, dw added to unless null.
  double forward_backward(Products<T>& products, const T* x, const WeightMatrix<T>& w,
                          std::span<const TokenId> targets, T scale, T* dx, T* dw,
                          const HeadTeacher<T>& teacher = {});

 private:
  static constexpr std::size_t kChunk = 128;
  double rows_of(Products<T>& products, const T* x, const WeightMatrix<T>& w,
                 std::span<const TokenId> targets);

  double distil_row(T* row, T* teacher_row, TokenId target, T weight);

  std::size_t vocab_;
  std::vector<T> logits_;          // [kChunk, vocab], probabilities after rows_of
  std::vector<T> teacher_logits_;  // [kChunk, vocab] where there is a teacher
};

}  // namespace sancho::engine

#include "engine/train/cross_entropy.h"

#include <algorithm>

#include "engine/train/rows.h"

namespace sancho::engine {

template <class T>
HeadLoss<T>::HeadLoss(std::size_t vocab) : vocab_(vocab), logits_(kChunk * vocab) {}

/// Leaves the probabilities of one chunk in `logits_`.
template <class T>
double HeadLoss<T>::rows_of(Products<T>& products, const T* x, const WeightMatrix<T>& w,
                            std::span<const TokenId> targets) {
  products.forward(targets.size(), w, x, logits_.data(), false);
  double nll = 0;
  for (std::size_t r = 0; r < targets.size(); ++r) {
    T* row = &logits_[r * vocab_];
    const T target = row[targets[r]];
    nll += static_cast<double>(rows::softmax(row, T(1), vocab_) - target);
  }
  return nll;
}

template <class T>
double HeadLoss<T>::forward(Products<T>& products, const T* x, const WeightMatrix<T>& w,
                            std::span<const TokenId> targets) {
  double nll = 0;
  for (std::size_t at = 0; at < targets.size(); at += kChunk)
    nll += rows_of(products, x + at * w.in, w,
                   targets.subspan(at, std::min(kChunk, targets.size() - at)));
  return nll;
}

template <class T>
double HeadLoss<T>::forward_backward(Products<T>& products, const T* x, const WeightMatrix<T>& w,
                                     std::span<const TokenId> targets, T scale, T* dx, T* dw) {
  double nll = 0;
  for (std::size_t at = 0; at < targets.size(); at += kChunk) {
    const auto chunk = targets.subspan(at, std::min(kChunk, targets.size() - at));
    nll += rows_of(products, x + at * w.in, w, chunk);
    for (std::size_t r = 0; r < chunk.size(); ++r) {
      T* row = &logits_[r * vocab_];
      row[chunk[r]] -= 1;
      rows::scale(scale, row, vocab_);
    }
    products.backward(chunk.size(), w, x + at * w.in, logits_.data(), dx + at * w.in, dw);
  }
  return nll;
}

template class HeadLoss<float>;
template class HeadLoss<double>;

}  // namespace sancho::engine

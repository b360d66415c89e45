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

/// −log p[target] + weight·KL(teacher ‖ row). Leaves the gradient with respect to the logits in
/// `row`.
template <class T>
double HeadLoss<T>::distil_row(T* row, T* teacher_row, TokenId target, T weight) {
  T* probabilities = &teacher_logits_[(kChunk - 1) * vocab_ + vocab_];
  std::copy_n(teacher_row, vocab_, probabilities);
  const T teacher_sum = rows::softmax(probabilities, T(1), vocab_);
  const T difference =
      rows::dot(probabilities, teacher_row, vocab_) - rows::dot(probabilities, row, vocab_);
  const T logit = row[target];
  const T sum = rows::softmax(row, T(1), vocab_);
  rows::scale(1 + weight, row, vocab_);
  rows::axpy(-weight, probabilities, row, vocab_);
  row[target] -= 1;
  return static_cast<double>(sum - logit + weight * (difference - teacher_sum + sum));
}

template <class T>
double HeadLoss<T>::forward_backward(Products<T>& products, const T* x, const WeightMatrix<T>& w,
                                     std::span<const TokenId> targets, T scale, T* dx, T* dw,
                                     const HeadTeacher<T>& teacher) {
  // One row more, for the probabilities of the row at hand.
  if (teacher.products) teacher_logits_.resize((kChunk + 1) * vocab_);
  double nll = 0;
  for (std::size_t at = 0; at < targets.size(); at += kChunk) {
    const auto chunk = targets.subspan(at, std::min(kChunk, targets.size() - at));
    if (teacher.products) {
      products.forward(chunk.size(), w, x + at * w.in, logits_.data(), false);
      teacher.products->forward(chunk.size(), teacher.w, teacher.x + at * teacher.w.in,
                                teacher_logits_.data(), false);
    } else {
      nll += rows_of(products, x + at * w.in, w, chunk);
    }
    for (std::size_t r = 0; r < chunk.size(); ++r) {
      T* row = &logits_[r * vocab_];
      if (teacher.products)
        nll += distil_row(row, &teacher_logits_[r * vocab_], chunk[r], teacher.weight);
      else
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

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "engine/kernels/thread_pool.h"
#include "engine/tensor/dtype.h"

namespace sancho::engine {

/// One tensor to be trained: its weights and this step's gradient, both `[size]`.
struct ParameterSpan {
  float* weights = nullptr;
  const float* gradient = nullptr;
  std::size_t size = 0;
  bool decays = true;  // weight decay applies
  double rate = 1;     // times the step's learning rate
};

/// A piece of an optimizer's memory as a checkpoint keeps it.
struct StateArray {
  std::string name;
  DType dtype = DType::u8;
  std::span<std::byte> data;
};

/// Turns gradients into updates. The tensors of every step are the same, in the same order.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  virtual void step(std::span<const ParameterSpan> tensors, double learning_rate,
                    ThreadPool& pool) = 0;
  /// Forgets past gradients (AdamW: their mean alone), for training that changes what is trained.
  virtual void forget_momentum() = 0;
  /// All that the next step depends on, writable: a checkpoint reads it and puts it back.
  virtual std::vector<StateArray> state() = 0;

  /// Bytes of state.
  std::size_t bytes() {
    std::size_t sum = 0;
    for (const StateArray& array : state()) sum += array.data.size();
    return sum;
  }
};

/// The bytes of an array, for `StateArray`.
template <class Array>
std::span<std::byte> writable_bytes(Array& array) {
  return std::as_writable_bytes(std::span(array.data(), array.size()));
}

}  // namespace sancho::engine

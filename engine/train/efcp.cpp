#include "engine/train/efcp.h"

#include <algorithm>
#include <stdexcept>

namespace sancho::engine {

template <class Real, class Stored>
EfcpMemory<Real, Stored>::EfcpMemory(const EfcpOptions& options,
                                     const std::vector<std::size_t>& sizes)
    : options_(options),
      window_({options.density, options.window, options.block}, sizes),
      error_(window_.elements()),
      gram_(options.window * options.window) {
  if (!(options.damping > 0))
    throw std::invalid_argument("A preconditioner needs a damping above zero.");
}

template <class Real, class Stored>
void EfcpMemory<Real, Stored>::step(std::span<const Tensor> tensors, ThreadPool& pool) {
  const auto& blocks = window_.blocks();
  const std::size_t rows = window_.rows();
  const std::size_t newest = static_cast<std::size_t>(steps_[0]++) % rows;

  // What waited and what is new; the largest leave for the window.
  std::vector<double> products(blocks.size() * rows);  // of the new row with each, by block
  pool.parallel_for(blocks.size(), 1, [&](std::size_t begin, std::size_t end, unsigned) {
    thread_local std::vector<Real> dense;  // zero between blocks
    for (std::size_t b = begin; b < end; ++b) {
      const auto& block = blocks[b];
      Real* error = error_.data() + block.position;
      const Real* gradient = tensors[block.tensor].gradient + block.offset;
      for (std::size_t i = 0; i < block.size; ++i) error[i] += gradient[i];
      window_.keep_largest(block, newest, error);
      if (dense.size() < block.size) dense.resize(block.size);
      window_.for_each(block, newest, [&](std::size_t i, Real v) {
        error[i] -= v;
        dense[i] = v;
      });
      for (std::size_t r = 0; r < rows; ++r)
        window_.for_each(block, r, [&](std::size_t i, Real v) {
          products[b * rows + r] += static_cast<double>(v * dense[i]);
        });
      window_.for_each(block, newest, [&](std::size_t i, Real) { dense[i] = 0; });
    }
  });
  for (std::size_t r = 0; r < rows; ++r) {
    double sum = 0;
    for (std::size_t b = 0; b < blocks.size(); ++b) sum += products[b * rows + r];
    gram_[newest * rows + r] = gram_[r * rows + newest] = sum;
  }

  PreconditionedStep step =
      options_.preconditioner == Preconditioner::mfac
          ? mfac_step(gram_.span(), rows, newest, options_.damping)
          : ggt_step(gram_.span(), rows, newest, options_.damping, options_.jitter);
  step.others[newest] += step.own;
  pool.parallel_for(blocks.size(), 1, [&](std::size_t begin, std::size_t end, unsigned) {
    thread_local std::vector<Real> update;  // zero between blocks
    for (std::size_t b = begin; b < end; ++b) {
      const auto& block = blocks[b];
      const Tensor& tensor = tensors[block.tensor];
      Real* weights = tensor.weights + block.offset;
      if (tensor.weight_decay != 0)
        for (std::size_t i = 0; i < block.size; ++i)
          weights[i] *= static_cast<Real>(1 - tensor.rate * tensor.weight_decay);
      if (update.size() < block.size) update.resize(block.size);
      for (std::size_t r = 0; r < rows; ++r) {
        const auto factor = static_cast<Real>(-tensor.rate * step.others[r]);
        if (factor != 0)
          window_.for_each(block, r, [&](std::size_t i, Real v) { update[i] += factor * v; });
      }
      for (std::size_t r = 0; r < rows; ++r)
        window_.for_each(block, r, [&](std::size_t i, Real) {
          weights[i] += update[i];
          update[i] = 0;  // a coordinate kept in several steps moves once
        });
    }
  });
}

template <class Real, class Stored>
void EfcpMemory<Real, Stored>::forget() {
  window_.clear();
  std::ranges::fill(error_, Real(0));
  std::ranges::fill(gram_, 0.0);
}

template <class Real, class Stored>
std::vector<StateArray> EfcpMemory<Real, Stored>::state() {
  std::vector<StateArray> all = window_.state();
  all.push_back({"error", sizeof(Real) == 4 ? DType::f32 : DType::f64, writable_bytes(error_)});
  all.push_back({"gram", DType::f64, writable_bytes(gram_)});
  all.push_back({"steps", DType::i64, writable_bytes(steps_)});
  return all;
}

template class EfcpMemory<float, bf16>;
template class EfcpMemory<double, double>;

Efcp::Efcp(const EfcpOptions& options, const std::vector<std::size_t>& sizes)
    : weight_decay_(options.weight_decay), memory_(options, sizes) {}

void Efcp::step(std::span<const ParameterSpan> tensors, double learning_rate, ThreadPool& pool) {
  std::vector<EfcpMemory<float, bf16>::Tensor> all;
  for (const ParameterSpan& tensor : tensors)
    all.push_back({tensor.weights, tensor.gradient, tensor.rate * learning_rate,
                   tensor.decays ? weight_decay_ : 0});
  memory_.step(all, pool);
}

}  // namespace sancho::engine

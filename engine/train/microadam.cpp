#include "engine/train/microadam.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "engine/train/simd.h"

#define SANCHO_INLINE inline __attribute__((always_inline))

namespace sancho::engine {
namespace {

constexpr double kLevels = 15;      // of a four-bit code
constexpr std::size_t kGroup = 32;  // values that share one maximum in the search for the largest

/// a = gradient + error, for one bucket.
template <class Real>
SANCHO_INLINE void add_error_of(const Real* gradient, const std::uint8_t* codes, Real low,
                                Real unit, Real* a, std::size_t n) {
  std::size_t i = 0;
  for (; i + 1 < n; i += 2) {
    const std::uint8_t pair = codes[i / 2];
    a[i] = gradient[i] + (static_cast<Real>(pair >> 4) * unit + low);
    a[i + 1] = gradient[i + 1] + (static_cast<Real>(pair & 15) * unit + low);
  }
  if (i < n) a[i] = gradient[i] + (static_cast<Real>(codes[i / 2] >> 4) * unit + low);
}

/// The error of one bucket in codes, with its range.
template <class Real>
SANCHO_INLINE void quantise_of(const Real* a, std::uint8_t* codes, Real* range, std::size_t n) {
  Real low = a[0], high = a[0];
  for (std::size_t i = 1; i < n; ++i) {
    low = a[i] < low ? a[i] : low;
    high = a[i] > high ? a[i] : high;
  }
  range[0] = low;
  range[1] = high;
  const Real per_unit = high > low ? Real(kLevels) / (high - low) : Real(0);
  const auto code_of = [=](Real x) {
    Real level = (x - low) * per_unit + Real(0.5);
    level = level < 0 ? Real(0) : level;
    level = level > Real(kLevels) ? Real(kLevels) : level;
    return static_cast<std::int32_t>(level);
  };
  for (std::size_t i = 0; i < n / 2; ++i)
    codes[i] = static_cast<std::uint8_t>(code_of(a[2 * i]) << 4 | code_of(a[2 * i + 1]));
  if (n % 2 != 0) codes[n / 2] = static_cast<std::uint8_t>(code_of(a[n - 1]) << 4);
}

SANCHO_SIMD void add_error(const float* g, const std::uint8_t* codes, float low, float unit,
                           float* a, std::size_t n) {
  add_error_of(g, codes, low, unit, a, n);
}
void add_error(const double* g, const std::uint8_t* codes, double low, double unit, double* a,
               std::size_t n) {
  add_error_of(g, codes, low, unit, a, n);
}
SANCHO_SIMD void quantise(const float* a, std::uint8_t* codes, float* range, std::size_t n) {
  quantise_of(a, codes, range, n);
}
void quantise(const double* a, std::uint8_t* codes, double* range, std::size_t n) {
  quantise_of(a, codes, range, n);
}

}  // namespace

template <class Real, class Stored>
MicroAdamMemory<Real, Stored>::MicroAdamMemory(const MicroAdamOptions& options,
                                               const std::vector<std::size_t>& sizes)
    : options_(options), window_({options.density, options.window, options.block}, sizes) {
  if (options.bucket == 0 || options.block % options.bucket != 0)
    throw std::invalid_argument("MicroAdam's blocks are whole buckets long.");
  std::size_t codes = 0, buckets = 0;
  for (const Block& block : blocks()) {
    codes_at_.push_back(codes);
    buckets_at_.push_back(buckets);
    codes += (block.size + 1) / 2;
    buckets += (block.size + options.bucket - 1) / options.bucket;
  }
  codes_ = AlignedBuffer<std::uint8_t>(codes);
  ranges_ = AlignedBuffer<Real>(2 * buckets);
}

template <class Real, class Stored>
void MicroAdamMemory<Real, Stored>::begin_step() {
  const double t = static_cast<double>(++steps_[0]);
  fade1_.clear();
  fade2_.clear();
  for (double age = 0; age < std::min(t, static_cast<double>(options_.window)); ++age) {
    fade1_.push_back(static_cast<Real>(std::pow(options_.beta1, age)));
    fade2_.push_back(static_cast<Real>(std::pow(options_.beta2, age)));
  }
  correction1_ = (1 - options_.beta1) / (1 - std::pow(options_.beta1, t));
  correction2_ = (1 - options_.beta2) / (1 - std::pow(options_.beta2, t));
}

template <class Real, class Stored>
void MicroAdamMemory<Real, Stored>::step_block(const Block& block, const Real* gradient,
                                               Real* weights, double learning_rate,
                                               double weight_decay) {
  thread_local std::vector<Real> a, first, second;  // the moments are zero between blocks
  for (auto* scratch : {&a, &first, &second})
    if (scratch->size() < block.size) scratch->resize(block.size);
  const auto index = static_cast<std::size_t>(&block - blocks().data());
  std::uint8_t* codes = codes_.data() + codes_at_[index];
  const auto for_each_bucket = [&](auto visit) {
    for (std::size_t at = 0, b = buckets_at_[index]; at < block.size; at += options_.bucket, ++b)
      visit(at, std::min(options_.bucket, block.size - at), ranges_.data() + 2 * b);
  };
  const auto steps_before = static_cast<std::size_t>(steps_[0]) - 1;

  for_each_bucket([&](std::size_t at, std::size_t n, const Real* range) {
    add_error(gradient + at, codes + at / 2, range[0],
              (range[1] - range[0]) / static_cast<Real>(kLevels), a.data() + at, n);
  });
  for (const std::uint16_t i : window_.keep_largest(block, steps_before % window_.rows(), a.data()))
    a[i] = 0;
  for_each_bucket([&](std::size_t at, std::size_t n, Real* range) {
    quantise(a.data() + at, codes + at / 2, range, n);
  });

  if (weight_decay != 0)
    for (std::size_t i = 0; i < block.size; ++i)
      weights[i] *= static_cast<Real>(1 - learning_rate * weight_decay);

  // Adam's moments from the window; only coordinates in it move.
  for (std::size_t age = 0; age < fade1_.size(); ++age)
    window_.for_each(block, (steps_before - age) % window_.rows(), [&](std::size_t i, Real v) {
      first[i] += fade1_[age] * v;
      second[i] += fade2_[age] * v * v;
    });
  const auto rate = static_cast<Real>(learning_rate * correction1_);
  const auto c2 = static_cast<Real>(correction2_);
  const auto epsilon = static_cast<Real>(options_.epsilon);
  for (std::size_t age = 0; age < fade1_.size(); ++age)
    window_.for_each(block, (steps_before - age) % window_.rows(), [&](std::size_t i, Real) {
      weights[i] -= rate * first[i] / (std::sqrt(c2 * second[i]) + epsilon);
      first[i] = second[i] = 0;  // a coordinate kept in several steps moves once
    });
}

template <class Real, class Stored>
void MicroAdamMemory<Real, Stored>::forget() {
  window_.clear();
  std::ranges::fill(codes_, std::uint8_t{0});
  std::ranges::fill(ranges_, Real(0));
}

template <class Real, class Stored>
std::vector<StateArray> MicroAdamMemory<Real, Stored>::state() {
  std::vector<StateArray> all = window_.state();
  all.push_back({"codes", DType::u8, writable_bytes(codes_)});
  all.push_back({"ranges", sizeof(Real) == 4 ? DType::f32 : DType::f64, writable_bytes(ranges_)});
  all.push_back({"steps", DType::i64, writable_bytes(steps_)});
  return all;
}

template class MicroAdamMemory<float, bf16>;
template class MicroAdamMemory<double, double>;

MicroAdam::MicroAdam(const MicroAdamOptions& options, const std::vector<std::size_t>& sizes)
    : weight_decay_(options.weight_decay), memory_(options, sizes) {}

void MicroAdam::step(std::span<const ParameterSpan> tensors, double learning_rate,
                     ThreadPool& pool) {
  memory_.begin_step();
  const auto& blocks = memory_.blocks();
  pool.parallel_for(blocks.size(), 1, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t i = begin; i < end; ++i) {
      const ParameterSpan& tensor = tensors[blocks[i].tensor];
      memory_.step_block(blocks[i], tensor.gradient + blocks[i].offset,
                         tensor.weights + blocks[i].offset, tensor.rate * learning_rate,
                         tensor.decays ? weight_decay_ : 0);
    }
  });
}

}  // namespace sancho::engine

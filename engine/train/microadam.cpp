#include "engine/train/microadam.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "engine/train/simd.h"

#define SANCHO_INLINE inline __attribute__((always_inline))

namespace sancho::engine {
namespace {

constexpr double kLevels = 15;  // of a four-bit code

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

template <class Real>
SANCHO_INLINE std::uint8_t code_of(Real a, Real low, Real per_unit) {
  const Real level = (a - low) * per_unit + static_cast<Real>(0.5);
  return static_cast<std::uint8_t>(static_cast<int>(level < 0               ? Real(0)
                                                    : level > Real(kLevels) ? Real(kLevels)
                                                                            : level));
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
  std::size_t i = 0;
  for (; i + 1 < n; i += 2)
    codes[i / 2] = static_cast<std::uint8_t>(code_of(a[i], low, per_unit) << 4 |
                                             code_of(a[i + 1], low, per_unit));
  if (i < n) codes[i / 2] = static_cast<std::uint8_t>(code_of(a[i], low, per_unit) << 4);
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
struct MicroAdamMemory<Real, Stored>::Scratch {
  std::vector<Real> a, sorted, first, second;

  explicit Scratch(std::size_t block) : a(block), sorted(block), first(block), second(block) {}
};

template <class Real, class Stored>
MicroAdamMemory<Real, Stored>::MicroAdamMemory(const MicroAdamOptions& options,
                                               const std::vector<std::size_t>& sizes)
    : options_(options) {
  if (options.block == 0 || options.block > 32768 || options.bucket == 0 || options.window == 0 ||
      options.block % options.bucket != 0)
    throw std::invalid_argument("MicroAdam's blocks are at most 32768 and whole buckets long.");
  std::size_t codes = 0, buckets = 0;
  for (std::size_t t = 0; t < sizes.size(); ++t)
    for (std::size_t at = 0; at < sizes[t]; at += options.block) {
      const std::size_t n = std::min(options.block, sizes[t] - at);
      const auto keep = std::min(
          n, static_cast<std::size_t>(std::ceil(options.density * static_cast<double>(n) - 1e-9)));
      blocks_.push_back({t, at, n, std::max<std::size_t>(keep, 1), kept_, codes, buckets});
      kept_ += blocks_.back().keep;
      codes += (n + 1) / 2;
      buckets += (n + options.bucket - 1) / options.bucket;
    }
  offsets_ = AlignedBuffer<std::uint16_t>(options.window * kept_);
  values_ = AlignedBuffer<Stored>(options.window * kept_);
  codes_ = AlignedBuffer<std::uint8_t>(codes);
  ranges_ = AlignedBuffer<Real>(2 * buckets);
}

template <class Real, class Stored>
void MicroAdamMemory<Real, Stored>::step_block(const Block& block, const Real* gradient,
                                               Real* weights, double learning_rate,
                                               double weight_decay) {
  thread_local Scratch scratch(0);
  if (scratch.a.size() < options_.block) scratch = Scratch(options_.block);
  Real* a = scratch.a.data();
  std::uint8_t* codes = codes_.data() + block.codes_at;
  const auto for_each_bucket = [&](auto visit) {
    for (std::size_t at = 0, b = block.bucket_at; at < block.size; at += options_.bucket, ++b)
      visit(at, std::min(options_.bucket, block.size - at), ranges_.data() + 2 * b);
  };

  for_each_bucket([&](std::size_t at, std::size_t n, const Real* range) {
    add_error(gradient + at, codes + at / 2, range[0],
              (range[1] - range[0]) / static_cast<Real>(kLevels), a + at, n);
  });

  // The `keep` largest, ties to the front: those above the k-th value, then those equal to it.
  Real* sizes = scratch.sorted.data();
  for (std::size_t i = 0; i < block.size; ++i) sizes[i] = std::abs(a[i]);
  Real* const kth = sizes + block.keep - 1;
  std::nth_element(sizes, kth, sizes + block.size, std::greater<>());
  const auto above =
      static_cast<std::size_t>(std::count_if(sizes, kth, [&](Real x) { return x > *kth; }));
  std::size_t ties = block.keep - above, found = 0;
  const auto step = static_cast<std::size_t>(steps_[0]);
  const std::size_t row = (step - 1) % options_.window;
  std::uint16_t* offsets = offsets_.data() + row * kept_ + block.window_at;
  Stored* values = values_.data() + row * kept_ + block.window_at;
  for (std::size_t i = 0; i < block.size && found < block.keep; ++i) {
    const Real size = std::abs(a[i]);
    if (size < *kth || (size == *kth && ties == 0)) continue;
    if (size == *kth) --ties;
    offsets[found] = static_cast<std::uint16_t>(i);
    values[found] = Stored(a[i]);
    ++found;
    a[i] = 0;
  }

  for_each_bucket([&](std::size_t at, std::size_t n, Real* range) {
    quantise(a + at, codes + at / 2, range, n);
  });

  if (weight_decay != 0)
    for (std::size_t i = 0; i < block.size; ++i)
      weights[i] *= static_cast<Real>(1 - learning_rate * weight_decay);

  // Adam's moments from the window; only coordinates in it move.
  Real *first = scratch.first.data(), *second = scratch.second.data();
  std::fill_n(first, block.size, Real(0));
  std::fill_n(second, block.size, Real(0));
  const std::size_t filled = std::min(step, options_.window);
  const auto for_each_kept = [&](auto visit) {
    for (std::size_t age = 0; age < filled; ++age) {
      const std::size_t at = (step - 1 - age) % options_.window * kept_ + block.window_at;
      for (std::size_t j = 0; j < block.keep; ++j)
        visit(age, offsets_[at + j], static_cast<Real>(values_[at + j]));
    }
  };
  std::vector<Real> fade1(filled), fade2(filled);
  for (std::size_t age = 0; age < filled; ++age) {
    fade1[age] = static_cast<Real>(std::pow(options_.beta1, static_cast<double>(age)));
    fade2[age] = static_cast<Real>(std::pow(options_.beta2, static_cast<double>(age)));
  }
  for_each_kept([&](std::size_t age, std::size_t i, Real v) {
    first[i] += fade1[age] * v;
    second[i] += fade2[age] * v * v;
  });
  const double t = static_cast<double>(step);
  const auto rate =
      static_cast<Real>(learning_rate * (1 - options_.beta1) / (1 - std::pow(options_.beta1, t)));
  const auto c2 = static_cast<Real>((1 - options_.beta2) / (1 - std::pow(options_.beta2, t)));
  const auto epsilon = static_cast<Real>(options_.epsilon);
  for_each_kept([&](std::size_t, std::size_t i, Real) {
    weights[i] -= rate * first[i] / (std::sqrt(c2 * second[i]) + epsilon);
    first[i] = 0;  // a coordinate kept in several steps moves once
  });
}

template <class Real, class Stored>
std::vector<StateArray> MicroAdamMemory<Real, Stored>::state() {
  constexpr auto real = sizeof(Real) == 4 ? DType::f32 : DType::f64;
  constexpr auto stored = sizeof(Stored) == 2 ? DType::bf16 : DType::f64;
  return {{"offsets", DType::i16, writable_bytes(offsets_)},
          {"values", stored, writable_bytes(values_)},
          {"codes", DType::u8, writable_bytes(codes_)},
          {"ranges", real, writable_bytes(ranges_)},
          {"steps", DType::i64, writable_bytes(steps_)}};
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

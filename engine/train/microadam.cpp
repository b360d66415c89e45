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

/// The largest magnitude of every kGroup values, the last group possibly smaller.
template <class Real>
SANCHO_INLINE void group_maxima_of(const Real* a, Real* maxima, std::size_t n) {
  std::size_t i = 0;
  for (; i + kGroup <= n; i += kGroup) {
    Real top = 0;
    for (std::size_t j = 0; j < kGroup; ++j) {
      const Real size = a[i + j] < 0 ? -a[i + j] : a[i + j];
      top = size > top ? size : top;
    }
    *maxima++ = top;
  }
  if (i == n) return;
  *maxima = 0;
  for (; i < n; ++i) *maxima = std::max(*maxima, std::abs(a[i]));
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
SANCHO_SIMD void group_maxima(const float* a, float* maxima, std::size_t n) {
  group_maxima_of(a, maxima, n);
}
void group_maxima(const double* a, double* maxima, std::size_t n) {
  group_maxima_of(a, maxima, n);
}

}  // namespace

template <class Real, class Stored>
struct MicroAdamMemory<Real, Stored>::Scratch {
  std::vector<Real> a, sizes;
  std::vector<Real> first, second;  // zero between blocks
  std::vector<std::uint16_t> candidates;

  explicit Scratch(std::size_t block)
      : a(block), sizes(block), first(block), second(block), candidates(block) {}
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

  const std::size_t row = static_cast<std::size_t>(steps_[0] - 1) % options_.window * kept_;
  std::uint16_t* offsets = offsets_.data() + row + block.window_at;
  Stored* values = values_.data() + row + block.window_at;
  select(scratch, block, offsets);
  for (std::size_t j = 0; j < block.keep; ++j) {
    values[j] = Stored(a[offsets[j]]);
    a[offsets[j]] = 0;
  }

  for_each_bucket([&](std::size_t at, std::size_t n, Real* range) {
    quantise(a + at, codes + at / 2, range, n);
  });

  if (weight_decay != 0)
    for (std::size_t i = 0; i < block.size; ++i)
      weights[i] *= static_cast<Real>(1 - learning_rate * weight_decay);

  // Adam's moments from the window; only coordinates in it move.
  Real *first = scratch.first.data(), *second = scratch.second.data();
  const auto for_each_kept = [&](auto visit) {
    for (std::size_t age = 0; age < fade1_.size(); ++age) {
      const auto step = static_cast<std::size_t>(steps_[0]) - 1 - age;
      const std::size_t at = step % options_.window * kept_ + block.window_at;
      for (std::size_t j = 0; j < block.keep; ++j)
        visit(age, offsets_[at + j], static_cast<Real>(values_[at + j]));
    }
  };
  for_each_kept([&](std::size_t age, std::size_t i, Real v) {
    first[i] += fade1_[age] * v;
    second[i] += fade2_[age] * v * v;
  });
  const auto rate = static_cast<Real>(learning_rate * correction1_);
  const auto c2 = static_cast<Real>(correction2_);
  const auto epsilon = static_cast<Real>(options_.epsilon);
  for_each_kept([&](std::size_t, std::size_t i, Real) {
    weights[i] -= rate * first[i] / (std::sqrt(c2 * second[i]) + epsilon);
    first[i] = second[i] = 0;  // a coordinate kept in several steps moves once
  });
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

/// The offsets of the `keep` largest magnitudes in order, ties to the front. As many groups as are
/// kept have a maximum of `least` or more, so nothing below it can be among them: few values are
/// left to choose from.
template <class Real, class Stored>
void MicroAdamMemory<Real, Stored>::select(Scratch& scratch, const Block& block,
                                           std::uint16_t* offsets) {
  const Real* a = scratch.a.data();
  Real* sizes = scratch.sizes.data();
  const std::size_t groups = (block.size + kGroup - 1) / kGroup;
  Real* maxima = scratch.sizes.data() + scratch.sizes.size() - groups;
  group_maxima(a, maxima, block.size);
  Real least = 0;
  if (block.keep <= groups) {
    std::copy_n(maxima, groups, sizes);
    std::nth_element(sizes, sizes + block.keep - 1, sizes + groups, std::greater<>());
    least = sizes[block.keep - 1];
  }

  std::size_t count = 0;
  for (std::size_t g = 0; g < groups; ++g) {
    if (maxima[g] < least) continue;
    for (std::size_t i = g * kGroup; i < std::min((g + 1) * kGroup, block.size); ++i) {
      scratch.candidates[count] = static_cast<std::uint16_t>(i);
      count += std::abs(a[i]) >= least ? 1 : 0;
    }
  }
  for (std::size_t j = 0; j < count; ++j) sizes[j] = std::abs(a[scratch.candidates[j]]);
  Real* const kth = sizes + block.keep - 1;
  std::nth_element(sizes, kth, sizes + count, std::greater<>());
  const auto above =
      static_cast<std::size_t>(std::count_if(sizes, kth, [&](Real x) { return x > *kth; }));
  std::size_t ties = block.keep - above;
  for (std::size_t j = 0; j < count; ++j) {
    const Real size = std::abs(a[scratch.candidates[j]]);
    if (size < *kth || (size == *kth && ties == 0)) continue;
    if (size == *kth) --ties;
    *offsets++ = scratch.candidates[j];
  }
}

template <class Real, class Stored>
void MicroAdamMemory<Real, Stored>::forget() {
  std::ranges::fill(values_, Stored(0));
  std::ranges::fill(codes_, std::uint8_t{0});
  std::ranges::fill(ranges_, Real(0));
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

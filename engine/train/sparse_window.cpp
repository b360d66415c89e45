#include "engine/train/sparse_window.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>

#include "engine/train/simd.h"

namespace sancho::engine {
namespace {

constexpr std::size_t kGroup = 32;  // values that share one maximum in the search for the largest

/// The largest magnitude of every kGroup values, the last group possibly smaller.
template <class Real>
inline __attribute__((always_inline)) void group_maxima_of(const Real* a, Real* maxima,
                                                           std::size_t n) {
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

SANCHO_SIMD void group_maxima(const float* a, float* maxima, std::size_t n) {
  group_maxima_of(a, maxima, n);
}
void group_maxima(const double* a, double* maxima, std::size_t n) {
  group_maxima_of(a, maxima, n);
}

/// Writes the offsets of the `keep` largest magnitudes of a `[n]` in order, ties to the front. As
/// many groups as are kept have a maximum of `least` or more, so nothing smaller can be among them
/// and few values are left to choose from.
template <class Real>
void find_largest(const Real* a, std::size_t n, std::size_t keep, std::uint16_t* offsets) {
  thread_local std::vector<Real> maxima, sizes;
  thread_local std::vector<std::uint16_t> candidates;
  const std::size_t groups = (n + kGroup - 1) / kGroup;
  maxima.resize(groups);
  group_maxima(a, maxima.data(), n);
  const auto nth_largest = [](std::vector<Real>& of, std::size_t nth) {
    const auto at = of.begin() + static_cast<std::ptrdiff_t>(nth - 1);
    std::nth_element(of.begin(), at, of.end(), std::greater<>());
    return *at;
  };
  Real least = 0;
  if (keep <= groups) {
    sizes = maxima;
    least = nth_largest(sizes, keep);
  }

  candidates.resize(n);
  std::size_t count = 0;
  for (std::size_t g = 0; g < groups; ++g) {
    if (maxima[g] < least) continue;
    for (std::size_t i = g * kGroup; i < std::min((g + 1) * kGroup, n); ++i) {
      candidates[count] = static_cast<std::uint16_t>(i);
      count += std::abs(a[i]) >= least ? 1 : 0;
    }
  }
  candidates.resize(count);
  sizes.clear();
  for (const std::uint16_t i : candidates) sizes.push_back(std::abs(a[i]));
  const Real smallest = nth_largest(sizes, keep);
  const auto above =
      std::ranges::count_if(candidates, [&](std::uint16_t i) { return std::abs(a[i]) > smallest; });
  std::size_t ties = keep - static_cast<std::size_t>(above);
  for (const std::uint16_t i : candidates) {
    const Real size = std::abs(a[i]);
    if (size < smallest || (size == smallest && ties == 0)) continue;
    if (size == smallest) --ties;
    *offsets++ = i;
  }
}

}  // namespace

template <class Real, class Stored>
SparseWindow<Real, Stored>::SparseWindow(const Shape& shape, std::span<const std::size_t> sizes)
    : rows_(shape.window) {
  if (shape.block == 0 || shape.block > kMaxBlock || shape.window == 0 || !(shape.density > 0) ||
      shape.density > 1)
    throw std::invalid_argument("A window of sparse gradients with an impossible shape.");
  for (std::size_t t = 0; t < sizes.size(); ++t)
    for (std::size_t at = 0; at < sizes[t]; at += shape.block) {
      const std::size_t n = std::min(shape.block, sizes[t] - at);
      const auto share =
          static_cast<std::size_t>(std::ceil(shape.density * static_cast<double>(n) - 1e-9));
      blocks_.push_back({t, at, n, elements_, std::clamp<std::size_t>(share, 1, n), kept_});
      kept_ += blocks_.back().keep;
      elements_ += n;
    }
  offsets_ = AlignedBuffer<std::uint16_t>(rows_ * kept_);
  values_ = AlignedBuffer<Stored>(rows_ * kept_);
}

template <class Real, class Stored>
std::span<const std::uint16_t> SparseWindow<Real, Stored>::keep_largest(const Block& block,
                                                                        std::size_t row,
                                                                        const Real* a) {
  const std::size_t at = row * kept_ + block.kept_before;
  find_largest(a, block.size, block.keep, offsets_.data() + at);
  for (std::size_t j = at; j < at + block.keep; ++j) values_[j] = Stored(a[offsets_[j]]);
  return {offsets_.data() + at, block.keep};
}

template <class Real, class Stored>
void SparseWindow<Real, Stored>::clear() {
  std::ranges::fill(offsets_, std::uint16_t{0});
  std::ranges::fill(values_, Stored(0));
}

template <class Real, class Stored>
std::vector<StateArray> SparseWindow<Real, Stored>::state() {
  return {{"offsets", DType::i16, writable_bytes(offsets_)},
          {"values", sizeof(Stored) == 2 ? DType::bf16 : DType::f64, writable_bytes(values_)}};
}

template class SparseWindow<float, bf16>;
template class SparseWindow<double, double>;

}  // namespace sancho::engine

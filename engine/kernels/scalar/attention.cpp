#include "engine/kernels/attention.h"

#include <cmath>

#include "engine/kernels/simd/attention_kernels.h"
#include "engine/tensor/dtype.h"

namespace sancho::engine {
namespace {

/// One float at a time.
struct Lanes {
  using Float = float;
  static constexpr std::size_t width = 1, attention_vectors = 4;

  static Float zero() { return 0; }
  static Float set(float v) { return v; }
  static Float load(const float* p) { return *p; }
  static Float load(const Half* p) { return half_to_float(p->bits); }
  static Float load(const std::int8_t* p) { return *p; }
  static void store(float* p, Float v) { *p = v; }
  static Float add(Float a, Float b) { return a + b; }
  static Float sub(Float a, Float b) { return a - b; }
  static Float mul(Float a, Float b) { return a * b; }
  static Float fma(Float a, Float b, Float c) { return a * b + c; }
  static Float min(Float a, Float b) { return a < b ? a : b; }
  static Float max(Float a, Float b) { return a > b ? a : b; }
  static Float round(Float v) { return std::nearbyint(v); }
  static Float times_power_of_two(Float v, Float k) { return std::ldexp(v, static_cast<int>(k)); }
  static Float zero_where_less(Float v, Float a, Float b) { return a < b ? 0.0f : v; }
  static float sum(Float v) { return v; }
  static std::uint16_t to_half(float x) { return float_to_half(x); }
};

template <class Element>
using Attention = AttentionOf<Lanes, Element>;

}  // namespace

const AttentionKernels kScalarAttention[3] = {
    {Attention<float>::attend, Attention<float>::store},
    {Attention<Half>::attend, Attention<Half>::store},
    {Attention<std::int8_t>::attend, Attention<std::int8_t>::store},
};

}  // namespace sancho::engine

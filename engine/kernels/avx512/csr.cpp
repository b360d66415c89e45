#include "engine/kernels/csr.h"

#include <immintrin.h>

#include "engine/kernels/simd/csr_kernels.h"

namespace sancho::engine {
namespace {

struct Lanes {
  using Float = __m512;
  static constexpr std::size_t width = 16;

  static Float zero() { return _mm512_setzero_ps(); }
  static Float set(float v) { return _mm512_set1_ps(v); }
  static Float load(const float* p) { return _mm512_loadu_ps(p); }
  static void store(float* p, Float v) { _mm512_storeu_ps(p, v); }
  static Float add(Float a, Float b) { return _mm512_add_ps(a, b); }
  static Float mul(Float a, Float b) { return _mm512_mul_ps(a, b); }
  static Float fma(Float a, Float b, Float c) { return _mm512_fmadd_ps(a, b, c); }
  static float sum(Float v) {
    float sums[4];
    sum4(v, v, v, v, sums);
    return sums[0];
  }
  static void sum4(Float a, Float b, Float c, Float d, float* out) {
    const __m256 pairs =
        _mm256_hadd_ps(_mm256_hadd_ps(halves(a), halves(b)), _mm256_hadd_ps(halves(c), halves(d)));
    _mm_storeu_ps(out, _mm_add_ps(_mm256_castps256_ps128(pairs), _mm256_extractf128_ps(pairs, 1)));
  }

 private:
  static __m256 halves(Float v) {
    return _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
  }
};

}  // namespace

const CsrKernels kAvx512Csr = {CsrKernelsOf<Lanes>::product,
                               CsrKernelsOf<Lanes>::products_of_entries};

}  // namespace sancho::engine

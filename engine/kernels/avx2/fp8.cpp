#include "engine/kernels/avx2/lanes.h"
#include "engine/kernels/simd/fp8_kernels.h"

namespace sancho::engine {
namespace {

struct Fp8Lanes : Lanes {
  using Lanes::load;
  using Lanes::load_part;
  static Float load(const std::uint8_t* p) {
    return widen(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
  }
  static Float load_part(const std::uint8_t* p, std::size_t n) {
    alignas(8) std::uint8_t lanes[8] = {};
    for (std::size_t i = 0; i < n; ++i) lanes[i] = p[i];
    return load(lanes);
  }

 private:
  static Float widen(__m128i codes) {
    const __m128i wide = _mm_cvtepi8_epi16(codes);
    const __m128i half =
        _mm_or_si128(_mm_and_si128(wide, _mm_set1_epi16(static_cast<short>(0x8000))),
                     _mm_and_si128(_mm_slli_epi16(wide, 7), _mm_set1_epi16(0x3f80)));
    return _mm256_cvtph_ps(half);
  }
};

}  // namespace

const Fp8Gemm kAvx2Fp8Gemm = gemm_fp8<Fp8Lanes>;

}  // namespace sancho::engine

#include "engine/kernels/avx512/lanes.h"
#include "engine/kernels/simd/fp8_kernels.h"

namespace sancho::engine {
namespace {

struct Fp8Lanes : Lanes {
  using Lanes::load;
  using Lanes::load_part;
  static Float load(const std::uint8_t* p) {
    return widen(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static Float load_part(const std::uint8_t* p, std::size_t n) {
    return widen(_mm_maskz_loadu_epi8(first_lanes(n), p));
  }

 private:
  static Float widen(__m128i codes) {
    const __m256i wide = _mm256_cvtepi8_epi16(codes);
    const __m256i half =
        _mm256_or_si256(_mm256_and_si256(wide, _mm256_set1_epi16(static_cast<short>(0x8000))),
                        _mm256_and_si256(_mm256_slli_epi16(wide, 7), _mm256_set1_epi16(0x3f80)));
    return _mm512_cvtph_ps(half);
  }
};

}  // namespace

const Fp8Gemm kAvx512Fp8Gemm = gemm_fp8<Fp8Lanes>;

}  // namespace sancho::engine

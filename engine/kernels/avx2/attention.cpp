#include "engine/kernels/attention.h"

#include "engine/kernels/avx2/lanes.h"
#include "engine/kernels/simd/attention_kernels.h"

namespace sancho::engine {
namespace {

struct KvLanes : Lanes {
  static constexpr std::size_t attention_vectors = 2;

  using Lanes::load;
  static Float load(const Half* p) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static Float load(const std::int8_t* p) {
    return _mm256_cvtepi32_ps(
        _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))));
  }
  static std::uint16_t to_half(float x) {
    return static_cast<std::uint16_t>(_cvtss_sh(x, _MM_FROUND_TO_NEAREST_INT));
  }
};

template <class Element>
using Attention = AttentionOf<KvLanes, Element>;

}  // namespace

const AttentionKernels kAvx2Attention[3] = {
    {Attention<float>::attend, Attention<float>::store},
    {Attention<Half>::attend, Attention<Half>::store},
    {Attention<std::int8_t>::attend, Attention<std::int8_t>::store},
};

}  // namespace sancho::engine

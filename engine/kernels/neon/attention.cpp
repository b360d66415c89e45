#include "engine/kernels/attention.h"

#include "engine/kernels/neon/lanes.h"
#include "engine/kernels/simd/attention_kernels.h"

namespace sancho::engine {
namespace {

struct KvLanes : Lanes {
  static constexpr std::size_t attention_vectors = 4;

  using Lanes::load;
  static Float load(const Half* p) {
    return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(&p->bits)));
  }
  static Float load(const std::int8_t* p) {
    std::int32_t four;
    __builtin_memcpy(&four, p, sizeof four);
    const int16x8_t words = vmovl_s8(vreinterpret_s8_s32(vdup_n_s32(four)));
    return vcvtq_f32_s32(vmovl_s16(vget_low_s16(words)));
  }
  static std::uint16_t to_half(float x) {
    return vget_lane_u16(vreinterpret_u16_f16(vcvt_f16_f32(vdupq_n_f32(x))), 0);
  }
};

template <class Element>
using Attention = AttentionOf<KvLanes, Element>;

}  // namespace

const AttentionKernels kNeonAttention[3] = {
    {Attention<float>::attend, Attention<float>::store},
    {Attention<Half>::attend, Attention<Half>::store},
    {Attention<std::int8_t>::attend, Attention<std::int8_t>::store},
};

}  // namespace sancho::engine

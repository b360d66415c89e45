#include "engine/kernels/fp8.h"

namespace sancho::engine {

Fp8Gemm fp8_gemm_of(Isa isa) {
  if (!kernels_of(isa)) return nullptr;
#if defined(SANCHO_X86_KERNELS)
  if (isa == Isa::avx512) return kAvx512Fp8Gemm;
  if (isa >= Isa::avx2) return kAvx2Fp8Gemm;
#endif
  return kScalarFp8Gemm;
}

Fp8Gemm fp8_gemm() {
  return fp8_gemm_of(active_isa());
}

}  // namespace sancho::engine

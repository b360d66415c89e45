#include "engine/kernels/csr.h"

namespace sancho::engine {

const CsrKernels* csr_kernels_of(Isa isa) {
  if (!kernels_of(isa)) return nullptr;
#if defined(SANCHO_X86_KERNELS)
  if (isa == Isa::avx512) return &kAvx512Csr;
  if (isa >= Isa::avx2) return &kAvx2Csr;
#elif defined(SANCHO_ARM_KERNELS)
  if (isa >= Isa::neon) return &kNeonCsr;
#endif
  return &kScalarCsr;
}

const CsrKernels& csr_kernels() {
  return *csr_kernels_of(active_isa());
}

}  // namespace sancho::engine

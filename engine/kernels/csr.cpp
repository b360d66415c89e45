#include "engine/kernels/csr.h"

namespace sancho::engine {

const CsrKernels* csr_kernels_of(Isa isa) {
  if (!kernels_of(isa)) return nullptr;
#ifdef SANCHO_X86_KERNELS
  if (isa == Isa::avx512) return &kAvx512Csr;
  if (isa == Isa::avx2) return &kAvx2Csr;
#endif
  return isa == Isa::scalar ? &kScalarCsr : nullptr;
}

const CsrKernels& csr_kernels() {
  const CsrKernels* best = csr_kernels_of(active_isa());
  return best ? *best : kScalarCsr;
}

}  // namespace sancho::engine

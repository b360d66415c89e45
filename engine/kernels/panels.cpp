#include "engine/kernels/panels.h"

namespace sancho::engine {

const PanelKernels* panel_kernels() {
#ifdef SANCHO_X86_KERNELS
  if (active_isa() == Isa::avx512) return &kAvx512Panels;
  if (active_isa() == Isa::avx2) return &kAvx2Panels;
#endif
  return nullptr;
}

}  // namespace sancho::engine

#include "engine/kernels/panels.h"

namespace sancho::engine {

const PanelKernels* panel_kernels() {
#if defined(SANCHO_X86_KERNELS)
  if (active_isa() == Isa::avx512) return &kAvx512Panels;
  if (active_isa() == Isa::avxvnni) return &kAvxVnniPanels;
  if (active_isa() == Isa::avx2) return &kAvx2Panels;
#elif defined(SANCHO_ARM_KERNELS)
  if (active_isa() == Isa::dotprod) return &kDotprodPanels;
  if (active_isa() == Isa::neon) return &kNeonPanels;
#endif
  return nullptr;
}

}  // namespace sancho::engine

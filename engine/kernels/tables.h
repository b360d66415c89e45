#pragma once

#include "engine/kernels/dispatch.h"

namespace sancho::engine {

// One per instruction set, defined in the folder of its name.
extern const KernelTable kScalarKernels;
extern const KernelTable kNeonKernels;
extern const KernelTable kDotprodKernels;
extern const KernelTable kAvx2Kernels;
extern const KernelTable kAvxVnniKernels;
extern const KernelTable kAvx512Kernels;

}  // namespace sancho::engine

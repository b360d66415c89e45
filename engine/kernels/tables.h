#pragma once

#include "engine/kernels/dispatch.h"

namespace sancho::engine {

// One per instruction set, defined in the folder of its name.
extern const KernelTable kScalarKernels;
extern const KernelTable kAvx2Kernels;
extern const KernelTable kAvx512Kernels;

}  // namespace sancho::engine

#include "engine/kernels/neon/lanes.h"
#include "engine/kernels/simd/csr_kernels.h"

namespace sancho::engine {

const CsrKernels kNeonCsr = {CsrKernelsOf<Lanes>::product,
                             CsrKernelsOf<Lanes>::products_of_entries};

}  // namespace sancho::engine

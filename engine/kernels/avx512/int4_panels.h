#pragma once

#include "engine/kernels/panels.h"

namespace sancho::engine {

// See PanelKernels.
void pack_grouped_avx512(const GroupedRows& x, std::int8_t* panel, std::int32_t* bias);
void gemm_int4_avx512(const Int4Rows& w, RowRange rows, const GroupedPanels& x, const OutputRows& y,
                      std::uint8_t* scratch);
void gemm_sparse_int4_avx512(const SparseInt4Rows& w, RowRange rows, const GroupedPanels& x,
                             const OutputRows& y, std::uint8_t* scratch);

}  // namespace sancho::engine

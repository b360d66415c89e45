#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/kernels/dispatch.h"

namespace sancho::engine {

/// Columns that the kernels below work on at once: tokens, in training.
inline constexpr std::size_t kCsrTile = 64;

/// A sparse matrix by rows: those of row r are the entries begins[r] … begins[r + 1].
struct CsrRows {
  const std::uint64_t* begins = nullptr;
  const std::uint32_t* columns = nullptr;
  const float* values = nullptr;
};

/// Products of a sparse matrix with dense tiles, x `[columns, kCsrTile]` (SparseProp, Nikdan et al.
/// 2023). Sums of one element run in the order of the entries, whatever the range.
struct CsrKernels {
  /// y[r − rows.begin, j] = Σ value·x[column, j] over the entries of row r.
  void (*product)(const CsrRows& w, RowRange rows, const float* x, float* y);
  /// dw[r · stride + column] += Σⱼ dy[r, j]·x[column, j] for every entry; values are not read.
  void (*products_of_entries)(const CsrRows& w, RowRange rows, const float* x, const float* dy,
                              float* dw, std::size_t stride);
};

/// The kernels of active_isa().
const CsrKernels& csr_kernels();
/// The kernels of `isa`; null where this build or this processor lacks them. Ignores the cap.
const CsrKernels* csr_kernels_of(Isa isa);

// One per instruction set, defined in the folder of its name.
extern const CsrKernels kScalarCsr;
extern const CsrKernels kNeonCsr;
extern const CsrKernels kAvx2Csr;
extern const CsrKernels kAvx512Csr;

}  // namespace sancho::engine

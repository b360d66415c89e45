#pragma once

#include <cstddef>

#include "engine/train/gemm.h"

namespace sancho::engine {

/// y `[rows, cols]` = x·rstd·w with rstd `[rows]` = 1/√(mean x² + eps).
template <class T>
void rms_norm_forward(std::size_t rows, std::size_t cols, const T* x, const T* w, T eps, T* y,
                      T* rstd);
/// dx += …, dw += … unless null.
template <class T>
void rms_norm_backward(std::size_t rows, std::size_t cols, const T* x, const T* w, const T* rstd,
                       const T* dy, T* dx, T* dw);

/// gate_up `[rows, 2·cols]` → y `[rows, cols]` = silu(gate)·up.
template <class T>
void swiglu_forward(std::size_t rows, std::size_t cols, const T* gate_up, T* y);
template <class T>
void swiglu_backward(std::size_t rows, std::size_t cols, const T* gate_up, const T* dy,
                     T* dgate_up);

/// A low-rank adapter's weights and gradients for one linear layer.
template <class T>
struct LowRank {
  std::size_t in = 0, out = 0, rank = 0;
  T scale = 0;
  const T* a = nullptr;  // [rank, in]
  const T* b = nullptr;  // [out, rank]
  T* da = nullptr;
  T* db = nullptr;
};

// Products that are only `rank` wide lie down, `[rank, rows]`: oneDNN makes them twice as fast so.

/// y += scale·(x·Aᵀ)·Bᵀ, y a window of stride `y_stride`; h is scratch `[rank, rows]`.
template <class T>
void low_rank_forward(Gemm& gemm, const LowRank<T>& adapter, std::size_t rows, const T* x, T* y,
                      std::size_t y_stride, T* h);
/// dx += …, dA += …, dB += …; h is scratch `[rank, rows]`, dh `[rows, rank]`, db `[rank, out]`.
template <class T>
void low_rank_backward(Gemm& gemm, const LowRank<T>& adapter, std::size_t rows, const T* x,
                       const T* dy, std::size_t dy_stride, T* dx, T* h, T* dh, T* db);

}  // namespace sancho::engine

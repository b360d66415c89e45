#include "engine/train/layer_ops.h"

#include <cmath>

#include "engine/train/rows.h"
#include "engine/train/transpose.h"

namespace sancho::engine {

template <class T>
void rms_norm_forward(std::size_t rows, std::size_t cols, const T* x, const T* w, T eps, T* y,
                      T* rstd) {
  for (std::size_t r = 0; r < rows; ++r) {
    const T* row = x + r * cols;
    rstd[r] = 1 / std::sqrt(rows::dot(row, row, cols) / static_cast<T>(cols) + eps);
    rows::scaled_product(rstd[r], row, w, y + r * cols, cols);
  }
}

template <class T>
void rms_norm_backward(std::size_t rows, std::size_t cols, const T* x, const T* w, const T* rstd,
                       const T* dy, T* dx, T* dw) {
  for (std::size_t r = 0; r < rows; ++r)
    rows::rms_norm_backward(x + r * cols, w, dy + r * cols, rstd[r], dx + r * cols, dw, cols);
}

template <class T>
void swiglu_forward(std::size_t rows, std::size_t cols, const T* gate_up, T* y) {
  for (std::size_t r = 0; r < rows; ++r)
    rows::swiglu(gate_up + r * 2 * cols, gate_up + (r * 2 + 1) * cols, y + r * cols, cols);
}

template <class T>
void swiglu_backward(std::size_t rows, std::size_t cols, const T* gate_up, const T* dy,
                     T* dgate_up) {
  for (std::size_t r = 0; r < rows; ++r) {
    const std::size_t gate = r * 2 * cols, up = gate + cols;
    rows::swiglu_backward(gate_up + gate, gate_up + up, dy + r * cols, dgate_up + gate,
                          dgate_up + up, cols);
  }
}

template <class T>
void low_rank_forward(Gemm& gemm, const LowRank<T>& l, std::size_t rows, const T* x, T* y,
                      std::size_t y_stride, T* h) {
  gemm.product(false, true, l.rank, rows, l.in, l.a, l.in, x, l.in, T(0), h, rows);
  rows::scale(l.scale, h, rows * l.rank);
  gemm.product(true, true, rows, l.out, l.rank, h, rows, l.b, l.rank, T(1), y, y_stride);
}

template <class T>
void low_rank_backward(Gemm& gemm, const LowRank<T>& l, std::size_t rows, const T* x, const T* dy,
                       std::size_t dy_stride, T* dx, T* h, T* dh, T* db) {
  gemm.product(false, true, l.rank, rows, l.in, l.a, l.in, x, l.in, T(0), h, rows);
  rows::scale(l.scale, h, rows * l.rank);
  gemm.product(false, false, l.rank, l.out, rows, h, rows, dy, dy_stride, T(0), db, l.out);
  add_transpose(db, l.out, l.rank, l.out, l.db, l.rank);
  gemm.product(false, false, rows, l.rank, l.out, dy, dy_stride, l.b, l.rank, T(0), dh, l.rank);
  rows::scale(l.scale, dh, rows * l.rank);
  gemm.product(true, false, l.rank, l.in, rows, dh, l.rank, x, l.in, T(1), l.da, l.in);
  gemm.product(false, false, rows, l.in, l.rank, dh, l.rank, l.a, l.in, T(1), dx, l.in);
}

#define SANCHO_INSTANTIATE(T)                                                                      \
  template void rms_norm_forward(std::size_t, std::size_t, const T*, const T*, T, T*, T*);         \
  template void rms_norm_backward(std::size_t, std::size_t, const T*, const T*, const T*,          \
                                  const T*, T*, T*);                                               \
  template void swiglu_forward(std::size_t, std::size_t, const T*, T*);                            \
  template void swiglu_backward(std::size_t, std::size_t, const T*, const T*, T*);                 \
  template void low_rank_forward(Gemm&, const LowRank<T>&, std::size_t, const T*, T*, std::size_t, \
                                 T*);                                                              \
  template void low_rank_backward(Gemm&, const LowRank<T>&, std::size_t, const T*, const T*,       \
                                  std::size_t, T*, T*, T*, T*);
SANCHO_INSTANTIATE(float)
SANCHO_INSTANTIATE(double)
#undef SANCHO_INSTANTIATE

}  // namespace sancho::engine

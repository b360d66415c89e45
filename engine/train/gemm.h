#pragma once

#include <cstddef>
#include <memory>

#include "engine/tensor/dtype.h"

namespace sancho::engine {

/// How the large matrix products of training are computed: inputs as they are, or rounded to bf16
/// with sums in f32 (twice as fast where the processor has AVX512-BF16).
enum class GemmPrecision { f32, bf16 };

/// True where bf16 products run in hardware on this machine.
bool has_fast_bf16();

/// Row-major matrix products of one thread of training. Keeps the prepared products and scratch
/// memory between calls, so each thread has its own.
class Gemm {
 public:
  explicit Gemm(GemmPrecision precision = GemmPrecision::f32);
  ~Gemm();

  GemmPrecision precision() const;

  /// C = op(A)·op(B) + beta·C with op(A) `[m, k]`, op(B) `[k, n]`, C `[m, n]`; `lda`, `ldb`, `ldc`
  /// are the row strides of the matrices as stored. Always in full precision.
  void product(bool transpose_a, bool transpose_b, std::size_t m, std::size_t n, std::size_t k,
               const float* a, std::size_t lda, const float* b, std::size_t ldb, float beta,
               float* c, std::size_t ldc);
  void product(bool transpose_a, bool transpose_b, std::size_t m, std::size_t n, std::size_t k,
               const double* a, std::size_t lda, const double* b, std::size_t ldb, double beta,
               double* c, std::size_t ldc);

  /// y `[rows, out]` = x `[rows, in]`·wᵀ (+ y where `accumulate`), w `[out, in]`, all contiguous.
  void linear(std::size_t rows, std::size_t in, std::size_t out, const float* x, const float* w,
              float* y, bool accumulate);
  void linear(std::size_t rows, std::size_t in, std::size_t out, const double* x, const double* w,
              double* y, bool accumulate);
  /// With weights that are bf16 already, only in that precision; y has rows of `y_stride`.
  void linear(std::size_t rows, std::size_t in, std::size_t out, const float* x, const bf16* w,
              float* y, std::size_t y_stride, bool accumulate);

  /// Backward of `linear`: dx = dy·w, dw += dyᵀ·x. Either result may be null.
  void linear_backward(std::size_t rows, std::size_t in, std::size_t out, const float* x,
                       const float* w, const float* dy, float* dx, float* dw);
  void linear_backward(std::size_t rows, std::size_t in, std::size_t out, const double* x,
                       const double* w, const double* dy, double* dx, double* dw);
  /// dx = dy·w (+ dx where `accumulate`) with weights that are bf16 already, only in that
  /// precision; dy has rows of `dy_stride`.
  void input_gradient(std::size_t rows, std::size_t in, std::size_t out, const bf16* w,
                      const float* dy, std::size_t dy_stride, float* dx, bool accumulate);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sancho::engine

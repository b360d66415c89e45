#include "engine/train/gemm.h"

#include <algorithm>
#include <dnnl.hpp>
#include <map>
#include <stdexcept>
#include <string>
#include <tuple>

#include "engine/tensor/aligned_buffer.h"
#include "engine/train/rows.h"

namespace sancho::engine {
namespace {

using dnnl::memory;

dnnl::engine& cpu() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

constexpr std::size_t kRowStep = 64;
std::size_t round_up(std::size_t rows) {
  return (rows + kRowStep - 1) / kRowStep * kRowStep;
}

}  // namespace

bool has_fast_bf16() {
  return dnnl::get_effective_cpu_isa() >= dnnl::cpu_isa::avx512_core_bf16;
}

/// A product of two bf16 matrices into an f32 one, prepared once per shape.
struct Gemm::Impl {
  struct Shape {
    std::size_t m, n, k, ldc;
    bool transpose_a, transpose_b, accumulate;
    auto operator<=>(const Shape&) const = default;
  };
  struct Prepared {
    memory::desc a, b, c;
    dnnl::matmul matmul;
  };

  GemmPrecision precision;
  dnnl::stream stream{cpu()};
  std::map<Shape, Prepared> prepared;
  AlignedBuffer<bf16> scratch[3];
  AlignedBuffer<float> tail;

  /// x `[rows, cols]` in bf16, with rows of zeros up to a multiple of kRowStep, so that few shapes
  /// of products occur.
  const bf16* rounded(int slot, const float* x, std::size_t rows, std::size_t cols,
                      std::size_t stride = 0) {
    auto& buffer = scratch[slot];
    const std::size_t count = rows * cols, padded = round_up(rows) * cols;
    if (buffer.size() < padded) buffer = AlignedBuffer<bf16>(padded);
    if (stride == 0 || stride == cols)
      rows::to_bf16(x, buffer.data(), count);
    else
      for (std::size_t r = 0; r < rows; ++r)
        rows::to_bf16(x + r * stride, buffer.data() + r * cols, cols);
    std::fill(buffer.data() + count, buffer.data() + padded, bf16{});
    return buffer.data();
  }

  /// c `[m, n]` = a·op(b) with a of round_up(m) rows and c of rows of `ldc`.
  void product_of_rows(std::size_t m, std::size_t n, std::size_t k, bool transpose_b,
                       bool accumulate, const bf16* a, const bf16* b, float* c, std::size_t ldc) {
    const std::size_t whole = m / kRowStep * kRowStep, rest = m - whole;
    if (whole > 0) product({whole, n, k, ldc, false, transpose_b, accumulate}, a, b, c);
    if (rest == 0) return;
    if (tail.size() < kRowStep * n) tail = AlignedBuffer<float>(kRowStep * n);
    product({kRowStep, n, k, n, false, transpose_b, false}, a + whole * k, b, tail.data());
    for (std::size_t r = 0; r < rest; ++r) {
      const float* made = tail.data() + r * n;
      float* out = c + (whole + r) * ldc;
      if (accumulate)
        rows::axpy(1.0f, made, out, n);
      else
        std::copy_n(made, n, out);
    }
  }

  const Prepared& prepare(const Shape& shape) {
    const auto found = prepared.find(shape);
    if (found != prepared.end()) return found->second;
    const auto m = static_cast<memory::dim>(shape.m), n = static_cast<memory::dim>(shape.n),
               k = static_cast<memory::dim>(shape.k);
    using dims = memory::dims;
    constexpr auto bf16_type = memory::data_type::bf16;
    const memory::desc a(dims{m, k}, bf16_type, shape.transpose_a ? dims{1, m} : dims{k, 1});
    const memory::desc b(dims{k, n}, bf16_type, shape.transpose_b ? dims{1, k} : dims{n, 1});
    const auto ldc = static_cast<memory::dim>(shape.ldc);
    const memory::desc c(dims{m, n}, memory::data_type::f32, dims{ldc, 1});
    dnnl::primitive_attr attributes;
    if (shape.accumulate) {
      dnnl::post_ops sum;
      sum.append_sum(1.0f);
      attributes.set_post_ops(sum);
    }
    dnnl::matmul matmul(
        dnnl::matmul::primitive_desc(dnnl::matmul::desc(a, b, c), attributes, cpu()));
    return prepared.emplace(shape, Prepared{a, b, c, matmul}).first->second;
  }

  void product(const Shape& shape, const bf16* a, const bf16* b, float* c) {
    const Prepared& p = prepare(shape);
    p.matmul.execute(stream, {{DNNL_ARG_SRC, memory(p.a, cpu(), const_cast<bf16*>(a))},
                              {DNNL_ARG_WEIGHTS, memory(p.b, cpu(), const_cast<bf16*>(b))},
                              {DNNL_ARG_DST, memory(p.c, cpu(), c)}});
    stream.wait();
  }
};

Gemm::Gemm(GemmPrecision precision) : impl_(std::make_unique<Impl>()) {
  impl_->precision = precision;
}
Gemm::~Gemm() = default;

GemmPrecision Gemm::precision() const {
  return impl_->precision;
}

void Gemm::product(bool transpose_a, bool transpose_b, std::size_t m, std::size_t n, std::size_t k,
                   const float* a, std::size_t lda, const float* b, std::size_t ldb, float beta,
                   float* c, std::size_t ldc) {
  const auto dim = [](std::size_t x) { return static_cast<dnnl_dim_t>(x); };
  const auto status = dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', dim(m), dim(n),
                                 dim(k), 1.0f, a, dim(lda), b, dim(ldb), beta, c, dim(ldc));
  if (status != dnnl_success)
    throw std::runtime_error("oneDNN refused a matrix product (status " +
                             std::to_string(static_cast<int>(status)) + ").");
}

void Gemm::product(bool transpose_a, bool transpose_b, std::size_t m, std::size_t n, std::size_t k,
                   const double* a, std::size_t lda, const double* b, std::size_t ldb, double beta,
                   double* c, std::size_t ldc) {
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::size_t p = 0; p < k; ++p)
        sum += (transpose_a ? a[p * lda + i] : a[i * lda + p]) *
               (transpose_b ? b[j * ldb + p] : b[p * ldb + j]);
      c[i * ldc + j] = sum + (beta == 0 ? 0 : beta * c[i * ldc + j]);
    }
}

void Gemm::linear(std::size_t rows, std::size_t in, std::size_t out, const float* x, const float* w,
                  float* y, bool accumulate) {
  if (impl_->precision == GemmPrecision::f32) {
    product(false, true, rows, out, in, x, in, w, in, accumulate ? 1.0f : 0.0f, y, out);
    return;
  }
  linear(rows, in, out, x, impl_->rounded(1, w, out, in), y, out, accumulate);
}

void Gemm::linear(std::size_t rows, std::size_t in, std::size_t out, const float* x, const bf16* w,
                  float* y, std::size_t y_stride, bool accumulate) {
  const bf16* xs = impl_->rounded(0, x, rows, in);
  impl_->product_of_rows(rows, out, in, true, accumulate, xs, w, y, y_stride);
}

void Gemm::linear(std::size_t rows, std::size_t in, std::size_t out, const double* x,
                  const double* w, double* y, bool accumulate) {
  product(false, true, rows, out, in, x, in, w, in, accumulate ? 1.0 : 0.0, y, out);
}

void Gemm::linear_backward(std::size_t rows, std::size_t in, std::size_t out, const float* x,
                           const float* w, const float* dy, float* dx, float* dw) {
  if (impl_->precision == GemmPrecision::f32) {
    if (dx) product(false, false, rows, in, out, dy, out, w, in, 0.0f, dx, in);
    if (dw) product(true, false, out, in, rows, dy, out, x, in, 1.0f, dw, in);
    return;
  }
  const bf16* dys = impl_->rounded(0, dy, rows, out);
  if (dx)
    impl_->product_of_rows(rows, in, out, false, false, dys, impl_->rounded(1, w, out, in), dx, in);
  if (dw)
    impl_->product({out, in, round_up(rows), in, true, false, true}, dys,
                   impl_->rounded(2, x, rows, in), dw);
}

void Gemm::input_gradient(std::size_t rows, std::size_t in, std::size_t out, const bf16* w,
                          const float* dy, std::size_t dy_stride, float* dx, bool accumulate) {
  const bf16* dys = impl_->rounded(0, dy, rows, out, dy_stride);
  impl_->product_of_rows(rows, in, out, false, accumulate, dys, w, dx, in);
}

void Gemm::linear_backward(std::size_t rows, std::size_t in, std::size_t out, const double* x,
                           const double* w, const double* dy, double* dx, double* dw) {
  if (dx) product(false, false, rows, in, out, dy, out, w, in, 0.0, dx, in);
  if (dw) product(true, false, out, in, rows, dy, out, x, in, 1.0, dw, in);
}

}  // namespace sancho::engine

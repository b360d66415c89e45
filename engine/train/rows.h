#pragma once

#include <cstddef>

#include "engine/tensor/dtype.h"

namespace sancho::engine::rows {

// One row at a time, the elementwise halves of the training operations: vectorised for float,
// plain for double (which only gradient tests use). Lengths are in elements.

/// Σ a·b
float dot(const float* a, const float* b, std::size_t n);
double dot(const double* a, const double* b, std::size_t n);

/// y += alpha·x
void axpy(float alpha, const float* x, float* y, std::size_t n);
void axpy(double alpha, const double* x, double* y, std::size_t n);

/// x *= s
void scale(float s, float* x, std::size_t n);
void scale(double s, double* x, std::size_t n);

/// y = s·x·w, the normalisation of rms_norm
void scaled_product(float s, const float* x, const float* w, float* y, std::size_t n);
void scaled_product(double s, const double* x, const double* w, double* y, std::size_t n);

/// Backward of y = x·rstd·w with rstd = 1/√(mean x² + eps): dx += …, dw += … (dw may be null)
void rms_norm_backward(const float* x, const float* w, const float* dy, float rstd, float* dx,
                       float* dw, std::size_t n);
void rms_norm_backward(const double* x, const double* w, const double* dy, double rstd, double* dx,
                       double* dw, std::size_t n);

/// Rotates the pairs (x[i], x[half + i]) by the angle i: sign +1 forward, −1 backward.
void rotate_half(float* x, const float* cos, const float* sin, float sign, std::size_t half);
void rotate_half(double* x, const double* cos, const double* sin, double sign, std::size_t half);

/// x = softmax(scale·x) in place; returns log Σ exp(scale·x).
float softmax(float* x, float scale, std::size_t n);
double softmax(double* x, double scale, std::size_t n);

/// x = exp(scale·x − lse): the probabilities again from their scores.
void exp_shifted(float* x, float scale, float lse, std::size_t n);
void exp_shifted(double* x, double scale, double lse, std::size_t n);

/// dp = scale·p·(dp − mean): backward of softmax(scale·x), mean = Σ p·dp.
void softmax_backward(const float* p, float* dp, float mean, float scale, std::size_t n);
void softmax_backward(const double* p, double* dp, double mean, double scale, std::size_t n);

/// y = silu(gate)·up
void swiglu(const float* gate, const float* up, float* y, std::size_t n);
void swiglu(const double* gate, const double* up, double* y, std::size_t n);
void swiglu_backward(const float* gate, const float* up, const float* dy, float* dgate, float* dup,
                     std::size_t n);
void swiglu_backward(const double* gate, const double* up, const double* dy, double* dgate,
                     double* dup, std::size_t n);

/// Rounds to bf16.
void to_bf16(const float* x, bf16* y, std::size_t n);

}  // namespace sancho::engine::rows

#pragma once

#include <span>

namespace sancho::engine {

// Operations on single vectors, run with the best instruction set of this processor. Spans of one
// call have the same length where nothing else is said. Sums are taken in float, in an order that
// depends only on the length and the instruction set.

/// Σ aᵢ·bᵢ.
float dot(std::span<const float> a, std::span<const float> b);
/// y += a·x.
void axpy(float a, std::span<const float> x, std::span<float> y);
/// out = x / sqrt(mean(x²) + eps) · weight (RMSNorm, Zhang & Sennrich 2019). `out` may be `x`.
void rms_norm(std::span<const float> x, std::span<const float> weight, float eps,
              std::span<float> out);
/// x = exp(x − max x) / Σ exp(x − max x). Entries of −∞ become 0; an empty x stays as it is.
void softmax(std::span<float> x);
/// out = gate / (1 + exp(−gate)) · up (SwiGLU, Shazeer 2020). `out` may be `gate` or `up`.
void silu_mul(std::span<const float> gate, std::span<const float> up, std::span<float> out);
/// Rotary embedding of one head as Hugging Face lays it out: x `[dim]` turns the pairs
/// (xᵢ, xᵢ₊dim/2) by the angle whose cosine and sine are cos `[dim/2]`, sin `[dim/2]`.
void rope_rotate_half(std::span<float> x, std::span<const float> cos, std::span<const float> sin);

}  // namespace sancho::engine

#pragma once

#include <memory>

#include "engine/weights/linear.h"

namespace sancho::engine {

// The makers and loaders behind make_linear and load_linear, one pair per file.

/// `DType::f32`, or `DType::bf16` rounded to nearest even.
std::unique_ptr<Linear> make_float_linear(DType dtype, MatrixView<const float> w);
/// E4M3 with a scale per output row.
std::unique_ptr<Linear> make_fp8_linear(MatrixView<const float> w);
/// Codes `[out, in]` in −127..127, scales `[out, 1]`.
std::unique_ptr<Linear> make_int8_linear(MatrixView<const std::int8_t> codes,
                                         MatrixView<const float> scales);
std::unique_ptr<Linear> make_sparse_int8_linear(MatrixView<const std::int8_t> codes,
                                                MatrixView<const float> scales);
/// Codes `[out, in]` in −8..7, scales `[out, ceil(in / group)]`.
std::unique_ptr<Linear> make_int4_linear(MatrixView<const std::int8_t> codes,
                                         MatrixView<const float> scales, std::size_t group);
std::unique_ptr<Linear> make_sparse_int4_linear(MatrixView<const std::int8_t> codes,
                                                MatrixView<const float> scales, std::size_t group);

/// `weight` is F32, BF16 or F16; the last is held as f32, which is exact.
std::unique_ptr<Linear> load_float_linear(const TensorView& weight, std::size_t out,
                                          std::size_t in);
std::unique_ptr<Linear> load_fp8_linear(const TensorLookup& lookup, const std::string& prefix,
                                        std::size_t out, std::size_t in);
std::unique_ptr<Linear> load_int8_linear(const TensorLookup& lookup, const std::string& prefix,
                                         std::size_t out, std::size_t in);
std::unique_ptr<Linear> load_sparse_int8_linear(const TensorLookup& lookup,
                                                const std::string& prefix, std::size_t out,
                                                std::size_t in);
std::unique_ptr<Linear> load_int4_linear(const TensorLookup& lookup, const std::string& prefix,
                                         std::size_t out, std::size_t in);
std::unique_ptr<Linear> load_sparse_int4_linear(const TensorLookup& lookup,
                                                const std::string& prefix, std::size_t out,
                                                std::size_t in);
std::unique_ptr<Linear> load_lora_linear(std::shared_ptr<const Linear> base,
                                         const TensorLookup& lookup, const std::string& prefix);

}  // namespace sancho::engine

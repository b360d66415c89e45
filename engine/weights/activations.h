#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/kernels/dispatch.h"
#include "engine/kernels/panels.h"
#include "engine/kernels/thread_pool.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/tensor/matrix_view.h"

namespace sancho::engine {

/// One input x `[tokens, in]` of one or several linear layers, in the forms that they ask for, each
/// made once. The numbers are borrowed; an object that is set again and again keeps its memory.
class Activations {
 public:
  Activations() = default;
  explicit Activations(MatrixView<const float> x) { set(x); }

  /// Takes `x` for the input from now on.
  void set(MatrixView<const float> x);
  /// Makes `codes()`, unless they are there.
  void quantize(ThreadPool& pool);

  /// Makes `grouped(group)`, unless it is there; `group` is 32, 64 or 128.
  void quantize_grouped(std::size_t group, ThreadPool& pool);

  /// Makes `fp8()`, unless it is there.
  void round_to_fp8(ThreadPool& pool);

  MatrixView<const float> values() const { return x_; }
  /// In int8; only after `quantize`.
  QuantizedRows codes() const { return {codes_.data(), scales_.data(), x_.rows, stride_}; }
  /// The numbers rounded to E4M3 with a scale per token; only after `round_to_fp8`.
  MatrixView<const float> fp8() const { return {fp8_.data(), x_.rows, x_.cols}; }
  /// Kernels for panels, where the tokens are many enough and the processor has some; else null.
  const PanelKernels* panel_kernels() const { return panel_kernels_; }
  /// The codes in panels, where there are kernels for them.
  QuantizedPanels panels() const { return {panels_.data(), scales_.data(), x_.rows, stride_}; }
  /// For 4-bit weights in groups of `group`; only after `quantize_grouped(group)`.
  GroupedRows grouped(std::size_t group) const;
  GroupedPanels grouped_panels(std::size_t group) const;

 private:
  /// What GroupedRows and GroupedPanels view.
  struct Grouped {
    bool made = false;
    AlignedBuffer<std::int8_t> codes, panels;       // [tokens, padded]
    AlignedBuffer<std::int32_t> bias, panels_bias;  // [tokens, blocks·16]
    AlignedBuffer<float> scales;                    // [tokens]
  };

  MatrixView<const float> x_;
  bool quantized_ = false, rounded_ = false;
  std::size_t stride_ = 0;
  const PanelKernels* panel_kernels_ = nullptr;
  // Up to a whole panel of tokens each.
  AlignedBuffer<std::uint8_t> codes_;   // [tokens, stride]
  AlignedBuffer<std::uint8_t> panels_;  // [tokens / 16, stride / 4, 16, 4]
  AlignedBuffer<float> scales_;         // [tokens]
  AlignedBuffer<float> fp8_;            // [tokens, in]
  Grouped grouped_[3];                  // by group size: 32, 64, 128
};

}  // namespace sancho::engine

#include "engine/weights/activations.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/kernels/int4_layout.h"
#include "engine/tensor/fp8.h"
#include "engine/tensor/thread_scratch.h"

namespace sancho::engine {
namespace {

/// With fewer tokens, most of a panel would be multiplied for nothing.
constexpr std::size_t kFewestPanelTokens = 8;

template <class T>
void grow(AlignedBuffer<T>& buffer, std::size_t size) {
  if (buffer.size() < size) buffer = AlignedBuffer<T>(size);
}

/// 0, 1 and 2 for groups of 32, 64 and 128.
std::size_t group_index(std::size_t group) {
  return static_cast<std::size_t>(std::countr_zero(group)) - 5;
}

std::size_t panels_of(std::size_t tokens) {
  return (tokens + kPanelTokens - 1) / kPanelTokens;
}

}  // namespace

void Activations::set(MatrixView<const float> x) {
  x_ = x;
  panel_kernels_ = x.rows >= kFewestPanelTokens ? engine::panel_kernels() : nullptr;
  quantized_ = rounded_ = false;
  for (Grouped& g : grouped_) g.made = false;
}

void Activations::quantize(ThreadPool& pool) {
  if (quantized_) return;
  const std::size_t panels = panels_of(x_.rows), tokens = panels * kPanelTokens;
  stride_ = (x_.cols + 63) / 64 * 64;
  grow(codes_, tokens * stride_);
  grow(scales_, tokens);
  if (panel_kernels_) grow(panels_, tokens * stride_);
  const KernelTable& table = kernels();
  pool.parallel_for(panels, 1, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t first = begin * kPanelTokens; first < end * kPanelTokens;
         first += kPanelTokens) {
      for (std::size_t t = first; t < std::min(x_.rows, first + kPanelTokens); ++t)
        scales_[t] =
            table.quantize(x_.data + t * x_.stride, x_.cols, stride_, codes_.data() + t * stride_);
      if (panel_kernels_)
        panel_kernels_->pack(codes_.data() + first * stride_, stride_,
                             panels_.data() + first * stride_);
    }
  });
  quantized_ = true;
}

void Activations::quantize_grouped(std::size_t group, ThreadPool& pool) {
  Grouped& form = grouped_[group_index(group)];
  if (form.made) return;
  const std::size_t panels = panels_of(x_.rows), tokens = panels * kPanelTokens;
  const std::size_t padded = int4_padded(x_.cols), groups = padded / group;
  const std::size_t lanes = int4_blocks(groups) * kInt4Lanes;
  const bool pack = panel_kernels_ && panel_kernels_->pack_grouped;
  grow(form.codes, tokens * padded);
  grow(form.bias, tokens * lanes);
  grow(form.scales, tokens);
  if (pack) {
    grow(form.panels, tokens * padded);
    grow(form.panels_bias, tokens * lanes);
  }
  const KernelTable& table = kernels();
  pool.parallel_for(panels, 1, [&](std::size_t begin, std::size_t end, unsigned) {
    auto* const codes = thread_scratch<Grouped, std::uint8_t>(padded);
    for (std::size_t first = begin * kPanelTokens; first < end * kPanelTokens;
         first += kPanelTokens) {
      for (std::size_t t = first; t < std::min(x_.rows, first + kPanelTokens); ++t) {
        form.scales[t] = table.quantize(x_.data + t * x_.stride, x_.cols, padded, codes);
        table.group_codes(codes, groups, group, form.codes.data() + t * padded,
                          form.bias.data() + t * lanes);
      }
      if (pack)
        panel_kernels_->pack_grouped(
            {form.codes.data() + first * padded, form.bias.data() + first * lanes,
             form.scales.data() + first, kPanelTokens, padded, lanes / kInt4Lanes},
            form.panels.data() + first * padded, form.panels_bias.data() + first * lanes);
    }
  });
  form.made = true;
}

void Activations::round_to_fp8(ThreadPool& pool) {
  if (rounded_) return;
  grow(fp8_, x_.rows * x_.cols);
  pool.parallel_for(x_.rows, 1, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t t = begin; t < end; ++t) {
      float largest = 0;
      for (const float v : x_.row(t)) largest = std::max(largest, std::abs(v));
      const float scale = largest < kSmallestActivation ? 0 : largest / kFp8Max;
      const float inverse = scale > 0 ? 1 / scale : 0;
      std::ranges::transform(x_.row(t), fp8_.data() + t * x_.cols,
                             [=](float v) { return engine::round_to_fp8(v * inverse) * scale; });
    }
  });
  rounded_ = true;
}

GroupedRows Activations::grouped(std::size_t group) const {
  const Grouped& form = grouped_[group_index(group)];
  const std::size_t padded = int4_padded(x_.cols);
  return {form.codes.data(), form.bias.data(), form.scales.data(),
          x_.rows,           padded,           int4_blocks(padded / group)};
}

GroupedPanels Activations::grouped_panels(std::size_t group) const {
  const Grouped& form = grouped_[group_index(group)];
  const std::size_t padded = int4_padded(x_.cols);
  return {form.panels.data(),         form.panels_bias.data(), form.scales.data(), x_.rows, padded,
          int4_blocks(padded / group)};
}

}  // namespace sancho::engine

#include "engine/weights/activations.h"

#include <algorithm>

namespace sancho::engine {
namespace {

/// With fewer tokens, most of a panel would be multiplied for nothing.
constexpr std::size_t kFewestPanelTokens = 8;

template <class T>
void grow(AlignedBuffer<T>& buffer, std::size_t size) {
  if (buffer.size() < size) buffer = AlignedBuffer<T>(size);
}

}  // namespace

void Activations::set(MatrixView<const float> x) {
  x_ = x;
  quantized_ = false;
}

void Activations::quantize(ThreadPool& pool) {
  if (quantized_) return;
  const std::size_t panels = (x_.rows + kPanelTokens - 1) / kPanelTokens;
  stride_ = (x_.cols + 63) / 64 * 64;
  panel_kernels_ = x_.rows >= kFewestPanelTokens ? engine::panel_kernels() : nullptr;
  grow(codes_, panels * kPanelTokens * stride_);
  grow(scales_, panels * kPanelTokens);
  if (panel_kernels_) grow(panels_, panels * kPanelTokens * stride_);
  const KernelTable& table = kernels();
  pool.parallel_for(panels, 1, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t panel = begin; panel < end; ++panel) {
      const std::size_t first = panel * kPanelTokens;
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

}  // namespace sancho::engine

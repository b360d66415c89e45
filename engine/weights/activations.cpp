#include "engine/weights/activations.h"

namespace sancho::engine {
namespace {

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
  constexpr std::size_t grain = 8;
  stride_ = (x_.cols + 63) / 64 * 64;
  grow(codes_, x_.rows * stride_);
  grow(scales_, x_.rows);
  const KernelTable& table = kernels();
  pool.parallel_for(x_.rows, grain, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t t = begin; t < end; ++t)
      scales_[t] =
          table.quantize(x_.data + t * x_.stride, x_.cols, stride_, codes_.data() + t * stride_);
  });
  quantized_ = true;
}

}  // namespace sancho::engine

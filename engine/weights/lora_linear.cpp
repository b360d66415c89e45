#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "engine/kernels/vector_ops.h"
#include "engine/tensor/thread_scratch.h"
#include "engine/weights/storages.h"
#include "engine/weights/tensor_io.h"

namespace sancho::engine {
namespace {

/// A shared base plus a low-rank product (LoRA, Hu et al. 2021).
class LoraLinear final : public Linear {
 public:
  LoraLinear(std::shared_ptr<const Linear> base, std::unique_ptr<Linear> a,
             std::unique_ptr<Linear> b, float scale)
      : base_(std::move(base)), a_(std::move(a)), b_(std::move(b)), scale_(scale) {}

  std::size_t in_features() const override { return base_->in_features(); }
  std::size_t out_features() const override { return base_->out_features(); }
  Storage storage() const override { return base_->storage(); }
  std::size_t bytes() const override { return base_->bytes() + a_->bytes() + b_->bytes(); }
  std::size_t nonzeros() const override {
    return base_->nonzeros() + a_->nonzeros() + b_->nonzeros();
  }

  void prepare(Activations& x, ThreadPool& pool) const override { base_->prepare(x, pool); }
  /// A·x is so small that every thread makes its own.
  void multiply(RowRange rows, const Activations& x, MatrixView<float> y) const override {
    constexpr std::size_t block = 16;
    const std::size_t tokens = x.values().rows, count = rows.end - rows.begin;
    const MatrixView<float> low(thread_scratch<struct Low, float>(tokens * rank()), tokens, rank());
    const MatrixView<float> delta(thread_scratch<struct Delta, float>(block * out_features()),
                                  block, out_features());
    base_->multiply(rows, x, y);
    a_->multiply({0, rank()}, x, low);
    for (std::size_t t = 0; t < tokens; t += block) {
      const std::size_t some = std::min(block, tokens - t);
      b_->multiply(rows, Activations({low.row(t).data(), some, rank()}), delta);
      for (std::size_t k = 0; k < some; ++k)
        axpy(scale_, delta.row(k).subspan(rows.begin, count),
             y.row(t + k).subspan(rows.begin, count));
    }
  }

  void to_dense(MatrixView<float> w) const override {
    for (std::size_t r = 0; r < out_features(); ++r) dense_row(r, w.row(r));
  }

  void dense_row(std::size_t row, std::span<float> out_row) const override {
    AlignedBuffer<float> b_row(rank()), a_row(in_features());
    base_->dense_row(row, out_row);
    b_->dense_row(row, b_row.span());
    for (std::size_t k = 0; k < rank(); ++k) {
      a_->dense_row(k, a_row.span());
      axpy(scale_ * b_row[k], a_row.span(), out_row);
    }
  }

  void save(const std::string& prefix, const TensorSink& sink) const override {
    base_->save(prefix, sink);
    a_->save(prefix + ".lora_A", sink);
    b_->save(prefix + ".lora_B", sink);
    put_tensor(sink, prefix + ".lora_scale", DType::f32, {1}, std::span<const float>(&scale_, 1));
  }

 private:
  std::size_t rank() const { return a_->out_features(); }

  std::shared_ptr<const Linear> base_;
  std::unique_ptr<Linear> a_;  // [rank, in]
  std::unique_ptr<Linear> b_;  // [out, rank]
  float scale_;
};

}  // namespace

std::unique_ptr<Linear> make_lora_linear(std::shared_ptr<const Linear> base,
                                         MatrixView<const float> a, MatrixView<const float> b,
                                         float scale) {
  if (a.cols != base->in_features() || b.rows != base->out_features() || a.rows != b.cols)
    throw std::runtime_error(
        "A low-rank adapter does not fit the layer that it is for; it was made for another model.");
  return std::make_unique<LoraLinear>(std::move(base), make_float_linear(DType::f32, a),
                                      make_float_linear(DType::f32, b), scale);
}

std::unique_ptr<Linear> load_lora_linear(std::shared_ptr<const Linear> base,
                                         const TensorLookup& lookup, const std::string& prefix) {
  const TensorView a = require_tensor(lookup, prefix + ".lora_A.weight");
  const TensorView b = require_tensor(lookup, prefix + ".lora_B.weight");
  const TensorView scale = require_tensor(lookup, prefix + ".lora_scale");
  check_tensor(scale, DType::f32, {1});
  const float factor = tensor_array<float>(scale)[0];
  if (!std::isfinite(factor))
    throw std::runtime_error("Tensor " + scale.name + " is not finite; the model file is damaged.");
  const std::size_t rank = a.shape.empty() ? 0 : a.shape[0];
  auto down = load_float_linear(a, rank, base->in_features());
  auto up = load_float_linear(b, base->out_features(), rank);
  return std::make_unique<LoraLinear>(std::move(base), std::move(down), std::move(up), factor);
}

}  // namespace sancho::engine

#include <algorithm>
#include <bit>
#include <stdexcept>

#include "engine/kernels/dispatch.h"
#include "engine/weights/storages.h"
#include "engine/weights/tensor_io.h"

namespace sancho::engine {
namespace {

/// Weights as they are: T is float or bf16.
template <class T>
class FloatLinear final : public Linear {
  static constexpr bool is_f32 = std::is_same_v<T, float>;

 public:
  FloatLinear(Array<T> w, std::size_t out, std::size_t in) : w_(std::move(w)), out_(out), in_(in) {}

  std::size_t in_features() const override { return in_; }
  std::size_t out_features() const override { return out_; }
  Storage storage() const override { return is_f32 ? Storage::f32 : Storage::bf16; }
  std::size_t bytes() const override { return w_.size() * sizeof(T); }
  std::size_t nonzeros() const override {
    return static_cast<std::size_t>(
        std::ranges::count_if(w_.span(), [](T v) { return static_cast<float>(v) != 0.0f; }));
  }

  void multiply(RowRange rows, const Activations& x, MatrixView<float> y) const override {
    const MatrixView<const float> values = x.values();
    const FloatRows input{values.data, values.rows, values.stride};
    const OutputRows output{y.data, y.stride};
    if constexpr (is_f32)
      kernels().gemm_f32(w_.data(), in_, rows, input, output);
    else
      kernels().gemm_bf16(reinterpret_cast<const std::uint16_t*>(w_.data()), in_, rows, input,
                          output);
  }

  void to_dense(MatrixView<float> w) const override {
    for (std::size_t r = 0; r < out_; ++r) dense_row(r, w.row(r));
  }

  void dense_row(std::size_t row, std::span<float> out_row) const override {
    std::ranges::transform(w_.span().subspan(row * in_, in_), out_row.begin(),
                           [](T v) { return static_cast<float>(v); });
  }

  void save(const std::string& prefix, const TensorSink& sink) const override {
    put_tensor(sink, prefix + ".weight", is_f32 ? DType::f32 : DType::bf16, {out_, in_}, w_.span());
  }

 private:
  Array<T> w_;  // [out, in]
  std::size_t out_, in_;
};

template <class T>
std::unique_ptr<Linear> make(MatrixView<const float> w) {
  AlignedBuffer<T> values(w.rows * w.cols);
  for (std::size_t r = 0; r < w.rows; ++r)
    std::ranges::transform(w.row(r), values.data() + r * w.cols, [](float v) { return T(v); });
  return std::make_unique<FloatLinear<T>>(Array<T>(std::move(values)), w.rows, w.cols);
}

}  // namespace

std::unique_ptr<Linear> make_float_linear(DType dtype, MatrixView<const float> w) {
  return dtype == DType::bf16 ? make<bf16>(w) : make<float>(w);
}

std::unique_ptr<Linear> load_float_linear(const TensorView& weight, std::size_t out,
                                          std::size_t in) {
  switch (weight.dtype) {
    case DType::bf16:
      check_tensor(weight, DType::bf16, {out, in});
      return std::make_unique<FloatLinear<bf16>>(tensor_array<bf16>(weight), out, in);
    case DType::f16: {
      check_tensor(weight, DType::f16, {out, in});
      const auto halves = tensor_array<std::uint16_t>(weight);
      AlignedBuffer<float> values(halves.size());
      std::ranges::transform(halves.span(), values.begin(), half_to_float);
      return std::make_unique<FloatLinear<float>>(Array<float>(std::move(values)), out, in);
    }
    default:
      check_tensor(weight, DType::f32, {out, in});
      return std::make_unique<FloatLinear<float>>(tensor_array<float>(weight), out, in);
  }
}

}  // namespace sancho::engine

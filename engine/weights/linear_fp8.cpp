#include <algorithm>
#include <stdexcept>

#include "engine/kernels/fp8.h"
#include "engine/tensor/fp8.h"
#include "engine/weights/int8_quantizer.h"
#include "engine/weights/storages.h"
#include "engine/weights/tensor_io.h"

namespace sancho::engine {
namespace {

/// Every weight in a byte of floating point, a scale per output row. Inputs are rounded to the same
/// numbers, with a scale per token.
class Fp8Linear final : public Linear {
 public:
  Fp8Linear(Array<std::uint8_t> codes, Array<float> scales, std::size_t out, std::size_t in)
      : codes_(std::move(codes)), scales_(std::move(scales)), out_(out), in_(in) {}

  std::size_t in_features() const override { return in_; }
  std::size_t out_features() const override { return out_; }
  Storage storage() const override { return Storage::fp8; }
  std::size_t bytes() const override { return codes_.size() + out_ * sizeof(float); }
  std::size_t nonzeros() const override {
    return static_cast<std::size_t>(
        std::ranges::count_if(codes_.span(), [](std::uint8_t c) { return (c & 0x7f) != 0; }));
  }

  void prepare(Activations& x, ThreadPool& pool) const override { x.round_to_fp8(pool); }
  void multiply(RowRange rows, const Activations& x, MatrixView<float> y) const override {
    const MatrixView<const float> values = x.fp8();
    fp8_gemm()({codes_.data(), scales_.data(), in_}, rows,
               {values.data, values.rows, values.stride}, {y.data, y.stride});
  }

  void to_dense(MatrixView<float> w) const override {
    for (std::size_t r = 0; r < out_; ++r) dense_row(r, w.row(r));
  }

  void dense_row(std::size_t row, std::span<float> out_row) const override {
    std::ranges::transform(
        codes_.span().subspan(row * in_, in_), out_row.begin(),
        [scale = scales_[row]](std::uint8_t c) { return fp8_to_float(c) * scale; });
  }

  void save(const std::string& prefix, const TensorSink& sink) const override {
    put_tensor(sink, prefix + ".weight", DType::f8_e4m3, {out_, in_}, codes_.span());
    put_tensor(sink, prefix + ".weight_scale", DType::f32, {out_, 1}, scales_.span());
  }

 private:
  Array<std::uint8_t> codes_;  // [out, in]
  Array<float> scales_;        // [out]
  std::size_t out_, in_;
};

}  // namespace

std::unique_ptr<Linear> make_fp8_linear(MatrixView<const float> w) {
  AlignedBuffer<std::uint8_t> codes(w.rows * w.cols);
  AlignedBuffer<float> scales(w.rows);
  for (std::size_t r = 0; r < w.rows; ++r) {
    const float largest = largest_magnitude(w.row(r));
    scales[r] = largest > 0 ? largest / kFp8Max : 1;
    std::ranges::transform(w.row(r), codes.data() + r * w.cols,
                           [&](float x) { return fp8_code(round_to_fp8(x / scales[r])); });
  }
  return std::make_unique<Fp8Linear>(Array(std::move(codes)), Array(std::move(scales)), w.rows,
                                     w.cols);
}

std::unique_ptr<Linear> load_fp8_linear(const TensorLookup& lookup, const std::string& prefix,
                                        std::size_t out, std::size_t in) {
  const TensorView weight = require_tensor(lookup, prefix + ".weight");
  check_tensor(weight, DType::f8_e4m3, {out, in});
  auto codes = tensor_array<std::uint8_t>(weight);
  if (std::ranges::any_of(codes.span(), fp8_is_nan))
    throw std::runtime_error("The tensor " + weight.name +
                             " holds weights that are not numbers; get the file again.");
  return std::make_unique<Fp8Linear>(std::move(codes), load_row_scales(lookup, prefix, out), out,
                                     in);
}

}  // namespace sancho::engine

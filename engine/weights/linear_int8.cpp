#include <algorithm>
#include <numeric>

#include "engine/kernels/dispatch.h"
#include "engine/weights/int8_quantizer.h"
#include "engine/weights/storages.h"
#include "engine/weights/tensor_io.h"

namespace sancho::engine {
namespace {

/// Every weight in a byte, a scale per output row.
class Int8Linear final : public Linear {
 public:
  Int8Linear(Array<std::int8_t> codes, Array<float> scales, std::size_t out, std::size_t in)
      : codes_(std::move(codes)), scales_(std::move(scales)), sums_(out), out_(out), in_(in) {
    for (std::size_t r = 0; r < out_; ++r) {
      const auto row = codes_row(r);
      sums_[r] = std::accumulate(row.begin(), row.end(), std::int32_t{0});
    }
  }

  std::size_t in_features() const override { return in_; }
  std::size_t out_features() const override { return out_; }
  Storage storage() const override { return Storage::int8; }
  std::size_t bytes() const override { return codes_.size() + out_ * 8; }
  std::size_t nonzeros() const override {
    return codes_.size() -
           static_cast<std::size_t>(std::ranges::count(codes_.span(), std::int8_t{0}));
  }

  void prepare(Activations& x, ThreadPool& pool) const override { x.quantize(pool); }
  void multiply(RowRange rows, const Activations& x, MatrixView<float> y) const override {
    if (const PanelKernels* panels = x.panel_kernels(); panels && in_ % 4 == 0) {
      panels->gemm({codes_.data() + rows.begin * in_, in_, rows.end - rows.begin, in_,
                    scales_.data() + rows.begin, sums_.data() + rows.begin},
                   x.panels(), {y.data + rows.begin, y.stride});
      return;
    }
    const Int8Rows w{codes_.data(), scales_.data(), sums_.data(), in_};
    kernels().gemm_int8(w, rows, x.codes(), {y.data, y.stride});
  }

  void to_dense(MatrixView<float> w) const override {
    for (std::size_t r = 0; r < out_; ++r) dense_row(r, w.row(r));
  }

  void dense_row(std::size_t row, std::span<float> out_row) const override {
    std::ranges::transform(codes_row(row), out_row.begin(), [scale = scales_[row]](std::int8_t c) {
      return static_cast<float>(c) * scale;
    });
  }

  void save(const std::string& prefix, const TensorSink& sink) const override {
    put_tensor(sink, prefix + ".weight", DType::i8, {out_, in_}, codes_.span());
    put_tensor(sink, prefix + ".weight_scale", DType::f32, {out_, 1}, scales_.span());
  }

 private:
  std::span<const std::int8_t> codes_row(std::size_t r) const {
    return codes_.span().subspan(r * in_, in_);
  }

  Array<std::int8_t> codes_;          // [out, in]
  Array<float> scales_;               // [out]
  AlignedBuffer<std::int32_t> sums_;  // [out]
  std::size_t out_, in_;
};

}  // namespace

std::unique_ptr<Linear> make_int8_linear(MatrixView<const std::int8_t> codes,
                                         MatrixView<const float> scales) {
  check_int8_columns(codes.cols);
  AlignedBuffer<std::int8_t> copy(codes.rows * codes.cols);
  for (std::size_t r = 0; r < codes.rows; ++r)
    std::ranges::copy(codes.row(r), copy.data() + r * codes.cols);
  return std::make_unique<Int8Linear>(Array(std::move(copy)), pack_row_scales(scales), codes.rows,
                                      codes.cols);
}

std::unique_ptr<Linear> load_int8_linear(const TensorLookup& lookup, const std::string& prefix,
                                         std::size_t out, std::size_t in) {
  check_int8_columns(in);
  const TensorView weight = require_tensor(lookup, prefix + ".weight");
  check_tensor(weight, DType::i8, {out, in});
  return std::make_unique<Int8Linear>(tensor_array<std::int8_t>(weight),
                                      load_row_scales(lookup, prefix, out), out, in);
}

}  // namespace sancho::engine

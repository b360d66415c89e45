#include <algorithm>
#include <cstring>

#include "engine/kernels/dispatch.h"
#include "engine/tensor/thread_scratch.h"
#include "engine/weights/int4_packing.h"
#include "engine/weights/storages.h"

namespace sancho::engine {
namespace {

/// Every weight in half a byte, a scale per group of columns.
class Int4Linear final : public Linear {
 public:
  Int4Linear(Array<std::uint8_t> packed, Array<std::uint16_t> scales, const Int4Shape& shape)
      : packed_(std::move(packed)), scales_(std::move(scales)), shape_(shape) {}

  std::size_t in_features() const override { return shape_.in; }
  std::size_t out_features() const override { return shape_.out; }
  Storage storage() const override { return Storage::int4; }
  std::size_t bytes() const override { return packed_.size() + scales_.size() * 2; }
  std::size_t nonzeros() const override {
    std::size_t count = 0;
    for (const std::uint8_t both : packed_.span())
      count += std::size_t{(both & 15) != 8} + std::size_t{both >> 4 != 8};
    return count;
  }

  void prepare(Activations& x, ThreadPool& pool) const override {
    x.quantize_grouped(shape_.group, pool);
  }
  void multiply(RowRange rows, const Activations& x, MatrixView<float> y) const override {
    const Int4Rows w{packed_.data(), scales_.data(), shape_.groups(), shape_.group};
    if (const PanelKernels* panels = x.panel_kernels(); panels && panels->gemm_int4) {
      panels->gemm_int4(
          w, rows, x.grouped_panels(shape_.group), {y.data, y.stride},
          thread_scratch<Int4Linear, std::uint8_t>(int4_panel_scratch_bytes(shape_.padded())));
      return;
    }
    kernels().gemm_int4(w, rows, x.grouped(shape_.group), {y.data, y.stride});
  }

  void to_dense(MatrixView<float> w) const override {
    for (std::size_t r = 0; r < shape_.out; ++r) dense_row(r, w.row(r));
  }

  void dense_row(std::size_t row, std::span<float> out_row) const override {
    unpack_int4_row(shape_, packed_.data() + row * shape_.padded() / 2,
                    scales_.data() + row * shape_.groups(), out_row);
  }

  void save(const std::string& prefix, const TensorSink& sink) const override {
    const std::int64_t shape[] = {static_cast<std::int64_t>(shape_.out),
                                  static_cast<std::int64_t>(shape_.in)};
    put_tensor(sink, prefix + ".weight_shape", DType::i64, {2},
               std::span<const std::int64_t>(shape));
    put_tensor(sink, prefix + ".weight_packed", DType::u8, {shape_.out, shape_.padded() / 2},
               packed_.span());
    put_tensor(sink, prefix + ".weight_scale", DType::f16, {shape_.out, shape_.groups()},
               scales_.span());
  }

 private:
  Array<std::uint8_t> packed_;   // [out, padded/2]
  Array<std::uint16_t> scales_;  // [out, groups], half precision
  Int4Shape shape_;
};

}  // namespace

std::unique_ptr<Linear> make_int4_linear(MatrixView<const std::int8_t> codes,
                                         MatrixView<const float> scales, std::size_t group) {
  const Int4Shape shape{codes.rows, codes.cols, group};
  AlignedBuffer<std::uint8_t> packed(shape.out * shape.padded() / 2);
  std::memset(packed.data(), 0x88, packed.size());
  for (std::size_t r = 0; r < shape.out; ++r) {
    std::uint8_t* row = packed.data() + r * shape.padded() / 2;
    for_each_int4_position(shape, [&](std::size_t position, std::size_t column, std::size_t) {
      if (column >= shape.in) return;
      // Eight is in place already: xor of the two's complement makes value + 8 of it.
      const int nibble = codes(r, column) & 15;
      std::uint8_t& byte = row[position / 128 * 64 + position % 64];
      byte = static_cast<std::uint8_t>(byte ^ (int4_is_high(position) ? nibble << 4 : nibble));
    });
  }
  return std::make_unique<Int4Linear>(Array(std::move(packed)),
                                      Array(pack_int4_scales(shape, scales)), shape);
}

std::unique_ptr<Linear> load_int4_linear(const TensorLookup& lookup, const std::string& prefix,
                                         std::size_t out, std::size_t in) {
  check_shape_tensor(lookup, prefix + ".weight_shape", out, in);
  auto [scales, shape] = load_int4_scales(lookup, prefix, out, in);
  const TensorView packed = require_tensor(lookup, prefix + ".weight_packed");
  check_tensor(packed, DType::u8, {out, shape.padded() / 2});
  return std::make_unique<Int4Linear>(tensor_array<std::uint8_t>(packed), std::move(scales), shape);
}

}  // namespace sancho::engine

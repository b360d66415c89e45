#include <algorithm>
#include <bit>
#include <stdexcept>

#include "engine/kernels/dispatch.h"
#include "engine/tensor/thread_scratch.h"
#include "engine/weights/int8_quantizer.h"
#include "engine/weights/storages.h"
#include "engine/weights/tensor_io.h"

namespace sancho::engine {
namespace {

std::size_t mask_bytes(std::size_t in) {
  return (in + 63) / 64 * 8;
}

/// The arrays of the layer, named as in its file.
struct Parts {
  Array<std::uint8_t> bitmask;      // [out, mask_bytes(in)]
  Array<std::int8_t> compressed;    // [non-zeros], row after row
  Array<std::int64_t> row_offsets;  // [out], where each row starts in `compressed`
  Array<float> scales;              // [out]
};

/// Only the weights that are not zero, in a byte each, and a bit per weight that says which.
class SparseInt8Linear final : public Linear {
 public:
  SparseInt8Linear(Parts parts, std::size_t out, std::size_t in)
      : parts_(std::move(parts)), sums_(out), out_(out), in_(in) {
    for (std::size_t r = 0; r < out_; ++r)
      for (std::size_t i = row_begin(r); i < row_begin(r + 1); ++i)
        sums_[r] += parts_.compressed[i];
  }

  std::size_t in_features() const override { return in_; }
  std::size_t out_features() const override { return out_; }
  Storage storage() const override { return Storage::sparse_int8; }
  std::size_t bytes() const override {
    return parts_.bitmask.size() + parts_.compressed.size() + out_ * 16;
  }
  std::size_t nonzeros() const override {
    return parts_.compressed.size() -
           static_cast<std::size_t>(std::ranges::count(parts_.compressed.span(), std::int8_t{0}));
  }

  void prepare(Activations& x, ThreadPool& pool) const override { x.quantize(pool); }
  void multiply(RowRange rows, const Activations& x, MatrixView<float> y) const override {
    const SparseInt8Rows w = this->rows();
    if (const PanelKernels* panels = x.panel_kernels()) {
      constexpr std::size_t block = 16;
      const std::size_t stride = (in_ + 63) / 64 * 64;
      auto* const codes = thread_scratch<SparseInt8Linear, std::int8_t>(block * stride);
      for (std::size_t r = rows.begin; r < rows.end; r += block) {
        const std::size_t count = std::min(block, rows.end - r);
        kernels().expand_sparse_int8(w, {r, r + count}, codes);
        panels->gemm({codes, stride, count, in_, w.scales + r, w.sums + r}, x.panels(),
                     {y.data + r, y.stride});
      }
      return;
    }
    auto* const scratch = thread_scratch<SparseInt8Linear, std::int8_t>(sparse_scratch_bytes(in_));
    kernels().gemm_sparse_int8(w, rows, x.codes(), {y.data, y.stride}, scratch);
  }

  void to_dense(MatrixView<float> w) const override {
    for (std::size_t r = 0; r < out_; ++r) dense_row(r, w.row(r));
  }

  void dense_row(std::size_t row, std::span<float> out_row) const override {
    auto* const codes = thread_scratch<SparseInt8Linear, std::int8_t>(mask_bytes(in_) * 8);
    kernels().expand_sparse_int8(rows(), {row, row + 1}, codes);
    const float scale = parts_.scales[row];
    for (std::size_t i = 0; i < in_; ++i) out_row[i] = static_cast<float>(codes[i]) * scale;
  }

  void save(const std::string& prefix, const TensorSink& sink) const override {
    const std::int64_t shape[] = {static_cast<std::int64_t>(out_), static_cast<std::int64_t>(in_)};
    put_tensor(sink, prefix + ".shape", DType::i64, {2}, std::span<const std::int64_t>(shape));
    put_tensor(sink, prefix + ".bitmask", DType::u8, {out_, mask_bytes(in_)},
               parts_.bitmask.span());
    put_tensor(sink, prefix + ".row_offsets", DType::i64, {out_}, parts_.row_offsets.span());
    put_tensor(sink, prefix + ".compressed", DType::i8, {parts_.compressed.size()},
               parts_.compressed.span());
    put_tensor(sink, prefix + ".weight_scale", DType::f32, {out_, 1}, parts_.scales.span());
  }

 private:
  SparseInt8Rows rows() const {
    return {parts_.bitmask.data(),
            parts_.compressed.data(),
            parts_.row_offsets.data(),
            parts_.scales.data(),
            sums_.data(),
            parts_.compressed.size(),
            in_};
  }
  std::size_t row_begin(std::size_t r) const {
    return r == out_ ? parts_.compressed.size() : static_cast<std::size_t>(parts_.row_offsets[r]);
  }

  Parts parts_;
  AlignedBuffer<std::int32_t> sums_;  // [out]
  std::size_t out_, in_;
};

/// Throws unless each row has as many codes as its mask has bits, and no bit lies past `in`.
void check_parts(const Parts& parts, const std::string& prefix, std::size_t out, std::size_t in) {
  const auto damaged = [&](const char* what) {
    throw std::runtime_error("Layer " + prefix + ": " + what + "; the model file is damaged.");
  };
  const std::size_t bytes = mask_bytes(in);
  std::size_t codes = 0;
  for (std::size_t r = 0; r < out; ++r) {
    if (parts.row_offsets[r] < 0 || static_cast<std::size_t>(parts.row_offsets[r]) != codes)
      damaged("a row offset disagrees with the bitmask");
    const std::uint8_t* mask = parts.bitmask.data() + r * bytes;
    for (std::size_t b = 0; b < bytes; ++b) {
      const std::size_t columns = in - std::min(in, b * 8);
      if (columns < 8 && mask[b] >> columns) damaged("the bitmask has bits past the last column");
      codes += static_cast<std::size_t>(std::popcount(mask[b]));
    }
  }
  if (codes != parts.compressed.size())
    damaged("the bitmask and the packed weights differ in size");
}

}  // namespace

std::unique_ptr<Linear> make_sparse_int8_linear(MatrixView<const std::int8_t> codes,
                                                MatrixView<const float> scales) {
  check_int8_columns(codes.cols);
  const std::size_t bytes = mask_bytes(codes.cols);
  AlignedBuffer<std::uint8_t> bitmask(codes.rows * bytes);
  AlignedBuffer<std::int64_t> offsets(codes.rows);
  std::vector<std::int8_t> packed;
  for (std::size_t r = 0; r < codes.rows; ++r) {
    offsets[r] = static_cast<std::int64_t>(packed.size());
    for (std::size_t i = 0; i < codes.cols; ++i) {
      if (codes(r, i) == 0) continue;
      std::uint8_t& byte = bitmask[r * bytes + i / 8];
      byte = static_cast<std::uint8_t>(byte | 1u << (i % 8));
      packed.push_back(codes(r, i));
    }
  }
  AlignedBuffer<std::int8_t> compressed(packed.size());
  std::ranges::copy(packed, compressed.begin());
  return std::make_unique<SparseInt8Linear>(
      Parts{Array(std::move(bitmask)), Array(std::move(compressed)), Array(std::move(offsets)),
            pack_row_scales(scales)},
      codes.rows, codes.cols);
}

std::unique_ptr<Linear> load_sparse_int8_linear(const TensorLookup& lookup,
                                                const std::string& prefix, std::size_t out,
                                                std::size_t in) {
  check_int8_columns(in);
  check_shape_tensor(lookup, prefix + ".shape", out, in);
  const auto load = [&]<class T>(const char* name, DType dtype, std::vector<std::size_t> shape) {
    const TensorView tensor = require_tensor(lookup, prefix + name);
    check_tensor(tensor, dtype, shape);
    return tensor_array<T>(tensor);
  };
  Parts parts{
      load.operator()<std::uint8_t>(".bitmask", DType::u8, {out, mask_bytes(in)}),
      load.operator()<std::int8_t>(".compressed", DType::i8, {any_size}),
      load.operator()<std::int64_t>(".row_offsets", DType::i64, {out}),
      load_row_scales(lookup, prefix, out),
  };
  check_parts(parts, prefix, out, in);
  return std::make_unique<SparseInt8Linear>(std::move(parts), out, in);
}

}  // namespace sancho::engine

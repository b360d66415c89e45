#include <algorithm>
#include <bit>
#include <stdexcept>

#include "engine/kernels/dispatch.h"
#include "engine/tensor/large_pages.h"
#include "engine/tensor/thread_scratch.h"
#include "engine/weights/int4_packing.h"
#include "engine/weights/storages.h"

namespace sancho::engine {
namespace {

/// The arrays of the layer, named as in its file.
struct Parts {
  Array<std::uint8_t> bitmask;      // [out, padded/8], bit j of byte i for position 8i + j
  Array<std::uint8_t> compressed;   // pairs of chunks, row after row, see SparseInt4Rows
  Array<std::int64_t> row_offsets;  // [out], where each row starts in `compressed`
  Array<std::uint16_t> scales;      // [out, groups], half precision
};

/// How many of the 64 weights of a chunk are stored.
std::size_t chunk_count(const std::uint8_t* mask) {
  std::size_t count = 0;
  for (std::size_t b = 0; b < 8; ++b) count += static_cast<std::size_t>(std::popcount(mask[b]));
  return count;
}

/// Only the weights that are not zero, in half a byte each, and a bit per weight that says which.
class SparseInt4Linear final : public Linear {
 public:
  SparseInt4Linear(Parts parts, const Int4Shape& shape) : parts_(std::move(parts)), shape_(shape) {
    const KernelTable& table = kernels();
    if (table.expands_int4_in_time) return;
    dense_ = AlignedBuffer<std::uint8_t>(shape_.out * shape_.padded() / 2);
    table.expand_sparse_int4(rows(), {0, shape_.out}, dense_.data());
    // No more than one form stays in memory where the other can be read from its file again.
    put_aside(std::as_bytes(parts_.bitmask.span()));
    put_aside(std::as_bytes(parts_.compressed.span()));
  }

  std::size_t in_features() const override { return shape_.in; }
  std::size_t out_features() const override { return shape_.out; }
  Storage storage() const override { return Storage::sparse_int4; }
  std::size_t bytes() const override {
    const std::size_t codes = parts_.bitmask.size() + parts_.compressed.size() + shape_.out * 8;
    return (dense_.empty() ? codes : dense_.size()) + parts_.scales.size() * 2;
  }
  std::size_t nonzeros() const override {
    std::size_t count = 0;
    for (std::size_t r = 0; r < shape_.out; ++r)
      for_each_code(r, [&](std::size_t, std::size_t, int code) { count += code != 0; });
    return count;
  }

  void prepare(Activations& x, ThreadPool& pool) const override {
    x.quantize_grouped(shape_.group, pool);
  }
  void multiply(RowRange rows, const Activations& x, MatrixView<float> y) const override {
    const OutputRows out{y.data, y.stride};
    const PanelKernels* panels = x.panel_kernels();
    if (panels && panels->gemm_sparse_int4) {
      panels->gemm_sparse_int4(this->rows(), rows, x.grouped_panels(shape_.group), out,
                               thread_scratch<SparseInt4Linear, std::uint8_t>(
                                   int4_panel_scratch_bytes(shape_.padded())));
    } else if (dense_.empty()) {
      kernels().gemm_sparse_int4(this->rows(), rows, x.grouped(shape_.group), out);
    } else {
      const Int4Rows w{dense_.data(), parts_.scales.data(), shape_.groups(), shape_.group};
      kernels().gemm_int4(w, rows, x.grouped(shape_.group), out);
    }
  }

  void to_dense(MatrixView<float> w) const override {
    for (std::size_t r = 0; r < shape_.out; ++r) dense_row(r, w.row(r));
  }

  void dense_row(std::size_t row, std::span<float> out_row) const override {
    const std::size_t bytes = shape_.padded() / 2;
    const std::uint8_t* packed = dense_.data() + row * bytes;
    if (dense_.empty()) {
      auto* expanded = thread_scratch<SparseInt4Linear, std::uint8_t>(bytes);
      kernels().expand_sparse_int4(rows(), {row, row + 1}, expanded);
      packed = expanded;
    }
    unpack_int4_row(shape_, packed, parts_.scales.data() + row * shape_.groups(), out_row);
  }

  void save(const std::string& prefix, const TensorSink& sink) const override {
    const std::int64_t shape[] = {static_cast<std::int64_t>(shape_.out),
                                  static_cast<std::int64_t>(shape_.in)};
    put_tensor(sink, prefix + ".shape", DType::i64, {2}, std::span<const std::int64_t>(shape));
    put_tensor(sink, prefix + ".bitmask", DType::u8, {shape_.out, shape_.padded() / 8},
               parts_.bitmask.span());
    put_tensor(sink, prefix + ".row_offsets", DType::i64, {shape_.out}, parts_.row_offsets.span());
    put_tensor(sink, prefix + ".compressed", DType::u8, {parts_.compressed.size()},
               parts_.compressed.span());
    put_tensor(sink, prefix + ".weight_scale", DType::f16, {shape_.out, shape_.groups()},
               parts_.scales.span());
  }

 private:
  SparseInt4Rows rows() const {
    return {parts_.bitmask.data(), parts_.compressed.data(), parts_.row_offsets.data(),
            parts_.scales.data(),  parts_.compressed.size(), shape_.groups(),
            shape_.group};
  }

  /// Calls `use(column, group, code)` for the stored weights of a row, codes in −8..7.
  template <class Use>
  void for_each_code(std::size_t row, Use use) const {
    const std::uint8_t* mask = parts_.bitmask.data() + row * shape_.padded() / 8;
    const std::uint8_t* pair =
        parts_.compressed.data() + static_cast<std::size_t>(parts_.row_offsets[row]);
    const std::uint8_t* next = pair;
    for_each_int4_position(
        shape_, [&](std::size_t position, std::size_t column, std::size_t group) {
          if (position % 64 == 0) {
            const std::uint8_t* chunk = mask + position / 8;
            if (!int4_is_high(position) && position != 0)
              pair += std::max(chunk_count(chunk - 16), chunk_count(chunk - 8));
            next = pair;
          }
          if (!((mask[position / 8] >> (position % 8)) & 1)) return;
          const std::uint8_t both = *next++;
          use(column, group, (int4_is_high(position) ? both >> 4 : both & 15) - 8);
        });
  }

  Parts parts_;
  Int4Shape shape_;
  // [out, padded/2], as in the dense storage: only where this processor reads dense codes faster
  // than it expands sparse ones. The sparse ones then serve `save` alone.
  AlignedBuffer<std::uint8_t> dense_;
};

/// Throws unless each row has the bytes that its mask asks for, and no bit lies in the padding.
void check_parts(const Parts& parts, const std::string& prefix, const Int4Shape& shape) {
  const auto damaged = [&](const char* what) {
    throw std::runtime_error("Layer " + prefix + ": " + what + "; the model file is damaged.");
  };
  std::vector<std::uint8_t> padding(shape.padded() / 8);
  for_each_int4_position(shape, [&](std::size_t position, std::size_t column, std::size_t) {
    if (column < shape.in) return;
    std::uint8_t& byte = padding[position / 8];
    byte = static_cast<std::uint8_t>(byte | 1u << (position % 8));
  });
  std::size_t bytes = 0;
  for (std::size_t r = 0; r < shape.out; ++r) {
    if (parts.row_offsets[r] < 0 || static_cast<std::size_t>(parts.row_offsets[r]) != bytes)
      damaged("a row offset disagrees with the bitmask");
    const std::uint8_t* mask = parts.bitmask.data() + r * padding.size();
    for (std::size_t b = 0; b < padding.size(); ++b)
      if (mask[b] & padding[b]) damaged("the bitmask has bits past the last column");
    for (std::size_t b = 0; b < padding.size(); b += 16)
      bytes += std::max(chunk_count(mask + b), chunk_count(mask + b + 8));
  }
  if (bytes != parts.compressed.size())
    damaged("the bitmask and the packed weights differ in size");
}

}  // namespace

std::unique_ptr<Linear> make_sparse_int4_linear(MatrixView<const std::int8_t> codes,
                                                MatrixView<const float> scales, std::size_t group) {
  const Int4Shape shape{codes.rows, codes.cols, group};
  AlignedBuffer<std::uint8_t> bitmask(shape.out * shape.padded() / 8);
  AlignedBuffer<std::int64_t> offsets(shape.out);
  std::vector<std::uint8_t> packed;
  for (std::size_t r = 0; r < shape.out; ++r) {
    offsets[r] = static_cast<std::int64_t>(packed.size());
    std::uint8_t* mask = bitmask.data() + r * shape.padded() / 8;
    std::size_t pair = packed.size(), next = pair;
    for_each_int4_position(shape, [&](std::size_t position, std::size_t column, std::size_t) {
      const bool high = int4_is_high(position);
      if (position % 64 == 0) {
        if (!high) pair = packed.size();
        next = pair;
      }
      if (column >= shape.in || codes(r, column) == 0) return;
      mask[position / 8] = static_cast<std::uint8_t>(mask[position / 8] | 1u << (position % 8));
      // The half of a byte that nothing fills stays the code of zero.
      if (next == packed.size()) packed.push_back(0x88);
      const int nibble = codes(r, column) & 15;
      packed[next] = static_cast<std::uint8_t>(packed[next] ^ (high ? nibble << 4 : nibble));
      ++next;
    });
  }
  AlignedBuffer<std::uint8_t> compressed(packed.size());
  std::ranges::copy(packed, compressed.begin());
  return std::make_unique<SparseInt4Linear>(
      Parts{Array(std::move(bitmask)), Array(std::move(compressed)), Array(std::move(offsets)),
            Array(pack_int4_scales(shape, scales))},
      shape);
}

std::unique_ptr<Linear> load_sparse_int4_linear(const TensorLookup& lookup,
                                                const std::string& prefix, std::size_t out,
                                                std::size_t in) {
  check_shape_tensor(lookup, prefix + ".shape", out, in);
  auto [scales, shape] = load_int4_scales(lookup, prefix, out, in);
  const auto load = [&]<class T>(const char* name, DType dtype, std::vector<std::size_t> sizes) {
    const TensorView tensor = require_tensor(lookup, prefix + name);
    check_tensor(tensor, dtype, sizes);
    return tensor_array<T>(tensor);
  };
  Parts parts{
      load.operator()<std::uint8_t>(".bitmask", DType::u8, {out, shape.padded() / 8}),
      load.operator()<std::uint8_t>(".compressed", DType::u8, {any_size}),
      load.operator()<std::int64_t>(".row_offsets", DType::i64, {out}),
      std::move(scales),
  };
  check_parts(parts, prefix, shape);
  return std::make_unique<SparseInt4Linear>(std::move(parts), shape);
}

}  // namespace sancho::engine

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/kernels/int4_layout.h"
#include "engine/tensor/matrix_view.h"
#include "engine/weights/tensor_io.h"

namespace sancho::engine {

// What the dense and the sparse 4-bit storage share: the order of engine/kernels/int4_layout.h.

/// The sizes of a layer with `in` columns in groups of `group`.
struct Int4Shape {
  std::size_t out = 0, in = 0, group = 0;

  std::size_t padded() const { return int4_padded(in); }
  std::size_t groups() const { return padded() / group; }
};

/// Calls `use(position, column, group)` for the columns of a row in the order in which they are
/// stored; padding has columns from `in` up.
template <class Use>
void for_each_int4_position(const Int4Shape& shape, Use use) {
  std::size_t position = 0;
  for (std::size_t first = 0; first < shape.groups();) {
    const Int4Block block = int4_block(first, shape.groups());
    for (std::size_t chunk = 0; chunk < block.groups * shape.group / 64; ++chunk)
      for (std::size_t lane = 0; lane < kInt4Lanes; ++lane) {
        const std::size_t column = int4_column(block, shape.group, chunk, lane);
        for (std::size_t i = 0; i < 4; ++i) use(position++, column + i, column / shape.group);
      }
    first += block.groups;
  }
}

/// Whether a position's code lies in the high half of its byte.
constexpr bool int4_is_high(std::size_t position) {
  return position / 64 % 2 != 0;
}

/// One row's codes, as the dense storage has them, times the row's scales `[groups]`; `row` `[in]`.
void unpack_int4_row(const Int4Shape& shape, const std::uint8_t* packed,
                     const std::uint16_t* scales, std::span<float> row);

/// Scales `[out, ceil(in / group)]` in half precision and padded with zeros to `[out, groups]`.
/// Throws std::runtime_error where one is not finite or too large for half precision.
AlignedBuffer<std::uint16_t> pack_int4_scales(const Int4Shape& shape,
                                              MatrixView<const float> scales);

/// The scales saved under `prefix` and the group size that their number makes; throws
/// std::runtime_error where they do not fit `[out, in]`.
struct Int4Scales {
  Array<std::uint16_t> values;  // [out, groups]
  Int4Shape shape;
};
Int4Scales load_int4_scales(const TensorLookup& lookup, const std::string& prefix, std::size_t out,
                            std::size_t in);

}  // namespace sancho::engine

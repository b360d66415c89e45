#include "engine/compress/coded_layer.h"

#include <algorithm>
#include <cmath>

#include "engine/tensor/aligned_buffer.h"

namespace sancho::engine {
namespace {

/// A layer and its arrays under the names of its file, see Linear::save.
struct Parts {
  AlignedBuffer<std::int8_t> codes;
  AlignedBuffer<float> scales;
  AlignedBuffer<std::uint8_t> bitmask;
  AlignedBuffer<std::int64_t> row_offsets, shape;
  std::unique_ptr<Linear> linear;
};

}  // namespace

std::shared_ptr<const Linear> make_coded_linear(const Format& format, MatrixView<const float> w,
                                                std::span<const float> scales) {
  const bool sparse = format.storage == Storage::sparse_int8;
  const std::size_t mask_bytes = (w.cols + 63) / 64 * 8;
  std::vector<std::int8_t> codes;
  auto parts = std::make_shared<Parts>();
  parts->bitmask = AlignedBuffer<std::uint8_t>(sparse ? w.rows * mask_bytes : 0);
  parts->row_offsets = AlignedBuffer<std::int64_t>(sparse ? w.rows : 0);
  for (std::size_t r = 0; r < w.rows; ++r) {
    if (sparse) parts->row_offsets[r] = static_cast<std::int64_t>(codes.size());
    for (std::size_t i = 0; i < w.cols; ++i) {
      const float code = std::clamp(std::nearbyint(w(r, i) / scales[r]), -127.0f, 127.0f);
      if (sparse && code == 0) continue;
      codes.push_back(static_cast<std::int8_t>(code));
      if (!sparse) continue;
      std::uint8_t& byte = parts->bitmask[r * mask_bytes + i / 8];
      byte = static_cast<std::uint8_t>(byte | 1u << (i % 8));
    }
  }
  parts->codes = AlignedBuffer<std::int8_t>(codes.size());
  std::ranges::copy(codes, parts->codes.begin());
  parts->scales = AlignedBuffer<float>(w.rows);
  std::ranges::copy(scales, parts->scales.begin());
  parts->shape = AlignedBuffer<std::int64_t>(2);
  parts->shape[0] = static_cast<std::int64_t>(w.rows);
  parts->shape[1] = static_cast<std::int64_t>(w.cols);

  const auto bytes = [](const auto& buffer) { return std::as_bytes(buffer.span()); };
  std::vector<TensorView> views;
  views.push_back({"w.weight_scale", DType::f32, {w.rows, 1}, bytes(parts->scales)});
  if (sparse) {
    views.push_back({"w.shape", DType::i64, {2}, bytes(parts->shape)});
    views.push_back({"w.bitmask", DType::u8, {w.rows, mask_bytes}, bytes(parts->bitmask)});
    views.push_back({"w.row_offsets", DType::i64, {w.rows}, bytes(parts->row_offsets)});
    views.push_back({"w.compressed", DType::i8, {codes.size()}, bytes(parts->codes)});
  } else {
    views.push_back({"w.weight", DType::i8, {w.rows, w.cols}, bytes(parts->codes)});
  }
  const TensorLookup lookup = [&](const std::string& name) -> std::optional<TensorView> {
    const auto found = std::ranges::find(views, name, &TensorView::name);
    return found == views.end() ? std::nullopt : std::optional(*found);
  };
  parts->linear = load_linear(lookup, "w", w.rows, w.cols);
  return {parts, parts->linear.get()};
}

}  // namespace sancho::engine

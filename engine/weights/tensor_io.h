#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/tensor/aligned_buffer.h"
#include "engine/weights/linear.h"

namespace sancho::engine {

/// Elements that are either owned or lie in somebody else's memory (a mapped model file).
template <class T>
class Array {
 public:
  Array() = default;
  explicit Array(AlignedBuffer<T> own) : own_(std::move(own)), view_(own_.span()) {}
  explicit Array(std::span<const T> borrowed) : view_(borrowed) {}
  // Moving a buffer keeps its address, so the view stays good.
  Array(Array&&) noexcept = default;
  Array& operator=(Array&&) noexcept = default;

  const T* data() const { return view_.data(); }
  std::size_t size() const { return view_.size(); }
  const T& operator[](std::size_t i) const { return view_[i]; }
  std::span<const T> span() const { return view_; }

 private:
  AlignedBuffer<T> own_;
  std::span<const T> view_;
};

/// Throws std::runtime_error unless `tensor` has this type and shape and its data has the size
/// that they make. An `any_size` dimension may be anything.
inline constexpr std::size_t any_size = static_cast<std::size_t>(-1);
void check_tensor(const TensorView& tensor, DType dtype, const std::vector<std::size_t>& shape);

/// The tensor called `name`; throws std::runtime_error where there is none.
TensorView require_tensor(const TensorLookup& lookup, const std::string& name);

/// The elements of a checked tensor, where they lie if they are aligned for T, else copied.
template <class T>
Array<T> tensor_array(const TensorView& tensor) {
  const std::size_t count = tensor.data.size() / sizeof(T);
  if (reinterpret_cast<std::uintptr_t>(tensor.data.data()) % alignof(T) == 0)
    return Array<T>(std::span<const T>(reinterpret_cast<const T*>(tensor.data.data()), count));
  AlignedBuffer<T> copy(count);
  std::memcpy(copy.data(), tensor.data.data(), count * sizeof(T));
  return Array<T>(std::move(copy));
}

/// The scale of each output row, from scales `[out, 1]`.
Array<float> pack_row_scales(MatrixView<const float> scales);

/// The scale of each output row, saved as `[out, 1]`; throws unless every one is finite.
Array<float> load_row_scales(const TensorLookup& lookup, const std::string& prefix,
                             std::size_t out);

/// Throws unless the tensor called `name` is I64 [2] and says `out` and `in`.
void check_shape_tensor(const TensorLookup& lookup, const std::string& name, std::size_t out,
                        std::size_t in);

/// Hands `values` to the sink as a tensor of this name and shape.
template <class T>
void put_tensor(const TensorSink& sink, std::string name, DType dtype,
                std::vector<std::size_t> shape, std::span<const T> values) {
  sink({std::move(name), dtype, std::move(shape), std::as_bytes(values)});
}

}  // namespace sancho::engine

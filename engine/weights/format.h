#pragma once

#include <string>
#include <string_view>

namespace sancho::engine {

/// How a linear layer's weights are stored.
enum class Storage { f32, bf16, int8, sparse_int8 };

/// A storage and, for the sparse ones, the share of weights that are zero: the words of the
/// command line (`f32 bf16 int8 sparse50-int8`).
struct Format {
  Storage storage = Storage::f32;
  double sparsity = 0.0;

  friend bool operator==(const Format&, const Format&) = default;
};

/// "sparse50-int8", …
std::string format_name(const Format& format);
/// Throws std::invalid_argument that lists the known words.
Format format_from_name(std::string_view name);

}  // namespace sancho::engine

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sancho::engine {

/// How a linear layer's weights are stored.
enum class Storage { f32, bf16, fp8, int8, int4, sparse_int8, sparse_int4 };

/// Which weights a sparse layer keeps: any, or at most two of each four neighbours.
enum class MaskPattern { any, two_of_four };

/// Columns that share a scale in the 4-bit storages, unless said otherwise.
inline constexpr std::size_t kDefaultGroup = 64;

/// A storage with what it needs to know: the words of the command line (`f32 bf16 fp8 int8 int4
/// sparse50-int8 sparse70-int4 2of4-int4`, and `-g32` or `-g128` behind a 4-bit one).
struct Format {
  Storage storage = Storage::f32;
  /// The share of weights that are zero, for the sparse storages.
  double sparsity = 0.0;
  MaskPattern pattern = MaskPattern::any;
  /// 32, 64 or 128, for the 4-bit storages.
  std::size_t group = kDefaultGroup;

  friend bool operator==(const Format&, const Format&) = default;
};

constexpr bool is_sparse(Storage storage) {
  return storage == Storage::sparse_int8 || storage == Storage::sparse_int4;
}
constexpr bool is_int4(Storage storage) {
  return storage == Storage::int4 || storage == Storage::sparse_int4;
}
/// The same numbers without the gaps: what embeddings and heads take where blocks are sparse.
constexpr Storage dense_storage(Storage storage) {
  return storage == Storage::sparse_int8   ? Storage::int8
         : storage == Storage::sparse_int4 ? Storage::int4
                                           : storage;
}

/// "sparse-int4", …
std::string_view storage_name(Storage storage);
/// "sparse50-int8", "int4-g32", …
std::string format_name(const Format& format);
/// Throws std::invalid_argument that lists the known words.
Format format_from_name(std::string_view name);

}  // namespace sancho::engine

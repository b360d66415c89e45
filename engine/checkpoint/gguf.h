#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/checkpoint/ggml_blocks.h"

namespace sancho::engine {

/// A tensor as it lies in a GGUF file. `data` is borrowed from the file.
struct GgufTensor {
  std::string name;
  GgmlType type = GgmlType::f32;
  std::size_t rows = 1, cols = 0;  // row-major; a vector is one row
  std::span<const std::byte> data;

  /// The blocks of row `row`.
  std::span<const std::byte> row(std::size_t row) const {
    return data.subspan(row * (data.size() / rows), data.size() / rows);
  }
  /// Row `row` as numbers, `values` `[cols]`.
  void read_row(std::size_t row, std::span<float> values) const;
};

/// A GGUF file (version 2 or 3) mapped into memory. Everything in it is checked when it is opened:
/// counts, lengths, types, shapes against byte ranges, ranges against the file's size, no overlap.
/// Metadata stays where it lies: nothing is allocated on the word of a count. Throws
/// std::runtime_error with one sentence that names the file.
class GgufFile {
 public:
  static std::shared_ptr<const GgufFile> open(const std::filesystem::path& path);
  ~GgufFile();

  const std::filesystem::path& path() const;
  /// Whether the file begins as GGUF files do.
  static bool is_gguf(const std::filesystem::path& path);

  // The value of a metadata key; empty where there is none. Throws where it is of another type.
  std::optional<std::uint64_t> find_count(std::string_view key) const;  // any whole number from 0
  std::optional<double> find_number(std::string_view key) const;
  std::optional<bool> find_flag(std::string_view key) const;
  std::optional<std::string_view> find_text(std::string_view key) const;
  std::optional<std::vector<std::string_view>> find_texts(std::string_view key) const;
  std::optional<std::vector<float>> find_numbers(std::string_view key) const;
  std::optional<std::vector<std::int64_t>> find_integers(std::string_view key) const;

  const std::vector<GgufTensor>& tensors() const;
  /// Null where there is none.
  const GgufTensor* find_tensor(std::string_view name) const;

 private:
  GgufFile();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Writes a GGUF file of version 3, row by row, so that no tensor is held whole.
class GgufWriter {
 public:
  /// Fills `values` with row `row` of a tensor.
  using RowSource = std::function<void(std::size_t row, std::span<float> values)>;

  void set(std::string_view key, std::uint32_t value);
  void set(std::string_view key, float value);
  void set(std::string_view key, bool value);
  void set(std::string_view key, std::string_view value);
  void set(std::string_view key, const char* value) { set(key, std::string_view(value)); }
  void set(std::string_view key, std::span<const std::string> values);
  void set(std::string_view key, std::span<const float> values);
  void set(std::string_view key, std::span<const std::int32_t> values);

  /// `cols` must be a whole number of blocks of `type`; throws std::invalid_argument otherwise.
  void add_matrix(std::string name, GgmlType type, std::size_t rows, std::size_t cols,
                  RowSource source);
  void add_vector(std::string name, std::span<const float> values);

  /// Writes to a temporary beside `path`, which is then renamed. `on_row` is called after each row
  /// of a tensor. Throws std::runtime_error (disk full, a weight that does not fit its type).
  void write(const std::filesystem::path& path, const std::function<void()>& on_row = {}) const;

 private:
  struct Entry {
    std::string name;
    GgmlType type;
    std::vector<std::uint64_t> shape;  // innermost first, as in the file
    std::size_t rows, cols;
    RowSource source;
  };
  void begin_value(std::string_view key, std::uint32_t type);

  std::uint64_t values_ = 0;
  std::string metadata_;
  std::vector<Entry> entries_;
};

}  // namespace sancho::engine

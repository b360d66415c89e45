#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/weights/linear.h"

namespace sancho::engine {

/// A safetensors file mapped into memory. Everything in it is checked when it is opened: header
/// size, JSON, types, shapes against byte ranges, ranges against the file's size, no overlap.
/// Throws std::runtime_error with one sentence that names the file.
class SafetensorsFile {
 public:
  static std::shared_ptr<const SafetensorsFile> open(const std::filesystem::path& path);

  const std::filesystem::path& path() const;
  std::uint64_t bytes() const;
  /// The `__metadata__` map.
  const std::map<std::string, std::string>& metadata() const;
  const std::vector<TensorView>& tensors() const;
  std::optional<TensorView> find(const std::string& name) const;

  ~SafetensorsFile();

 private:
  SafetensorsFile();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Collects tensors and writes them as one safetensors file: to a temporary beside `path`, synced,
/// then renamed. Tensor data is aligned to 64 bytes in the file.
class SafetensorsWriter {
 public:
  void set_metadata(const std::string& key, const std::string& value);
  /// Copies the data.
  void add(const TensorView& tensor);
  /// Throws std::runtime_error (disk full, no permission), leaving what was at `path` untouched.
  void write(const std::filesystem::path& path) const;

 private:
  struct Entry {
    TensorView info;
    std::vector<std::byte> data;
  };
  std::map<std::string, std::string> metadata_;
  std::vector<Entry> entries_;
};

/// The same file without a copy of all its data: `for_each_tensor` is called twice, first for the
/// header, then for the bytes, and must hand the same tensors to its sink in the same order. With a
/// stop token the bytes reach the disk piece by piece, so that a stop request is obeyed soon: it
/// then returns false, and what was at `path` stays.
bool write_safetensors(const std::filesystem::path& path,
                       const std::map<std::string, std::string>& metadata,
                       const std::function<void(const TensorSink&)>& for_each_tensor,
                       std::stop_token stop = {});

/// The format allows no holes, so what aligns the data are U8 tensors of their own; a
/// SafetensorsFile does not list them.
bool is_safetensors_padding(std::string_view name);

}  // namespace sancho::engine

#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
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

}  // namespace sancho::engine

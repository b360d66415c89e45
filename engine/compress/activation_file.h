#pragma once

#include <cstddef>
#include <filesystem>

#include "engine/tensor/matrix_view.h"

namespace sancho::engine {

/// A matrix of floats `[any, cols]` that lies in a file, so that the activations of a whole
/// calibration text need no memory. Rows are read and written in pieces, in any order. Throws
/// std::runtime_error with one sentence (disk full, no permission, a row that is not there).
class ActivationFile {
 public:
  /// Opens the file, or makes it.
  ActivationFile(const std::filesystem::path& path, std::size_t cols);
  ~ActivationFile();
  ActivationFile(const ActivationFile&) = delete;
  ActivationFile& operator=(const ActivationFile&) = delete;

  /// Contiguous rows from `first` on.
  void read(std::size_t first, MatrixView<float> rows) const;
  void write(std::size_t first, MatrixView<const float> rows);
  /// Returns when what was written is on the disk.
  void sync();

 private:
  [[noreturn]] void fail(const char* what, int error) const;

  std::filesystem::path path_;
  std::size_t cols_;
  int descriptor_ = -1;
};

}  // namespace sancho::engine

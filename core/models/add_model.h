#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace sancho::core {

struct AddedModel {
  std::string name;  // what the other verbs call it
  std::size_t parameters = 0;
  std::uint64_t bytes = 0;  // of weights in memory
  bool has_tokenizer = false;
};

/// Puts a copy of the model at `source` (a Hugging Face folder, a GGUF file or our own file) into
/// `models` as one file that is mapped when it is used. An empty `name` takes that of the source.
/// Throws std::runtime_error where it cannot be loaded, the name is one of `taken` or no file name,
/// or the disk is full; `models` is then as before.
AddedModel add_model(const std::filesystem::path& source, const std::filesystem::path& models,
                     std::string name, const std::vector<std::string>& taken = {});

}  // namespace sancho::core

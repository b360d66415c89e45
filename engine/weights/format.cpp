#include "engine/weights/format.h"

#include <charconv>
#include <cmath>
#include <stdexcept>

namespace sancho::engine {

std::string format_name(const Format& format) {
  switch (format.storage) {
    case Storage::f32:
      return "f32";
    case Storage::bf16:
      return "bf16";
    case Storage::int8:
      return "int8";
    case Storage::sparse_int8:
      break;
  }
  return "sparse" + std::to_string(std::lround(format.sparsity * 100)) + "-int8";
}

Format format_from_name(std::string_view name) {
  if (name == "f32") return {Storage::f32, 0.0};
  if (name == "bf16") return {Storage::bf16, 0.0};
  if (name == "int8") return {Storage::int8, 0.0};
  constexpr std::string_view prefix = "sparse", suffix = "-int8";
  if (name.starts_with(prefix) && name.ends_with(suffix) &&
      name.size() > prefix.size() + suffix.size()) {
    const char* begin = name.data() + prefix.size();
    const char* end = name.data() + name.size() - suffix.size();
    int percent = 0;
    const auto [stop, error] = std::from_chars(begin, end, percent);
    if (error == std::errc() && stop == end && percent >= 0 && percent < 100)
      return {Storage::sparse_int8, percent / 100.0};
  }
  throw std::invalid_argument("Unknown weight format \"" + std::string(name) +
                              "\"; use f32, bf16, int8 or sparseNN-int8 (for example "
                              "sparse50-int8).");
}

}  // namespace sancho::engine

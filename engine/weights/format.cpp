#include "engine/weights/format.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <stdexcept>

namespace sancho::engine {
namespace {

constexpr Storage kStorages[] = {Storage::f32,        Storage::bf16, Storage::fp8,
                                 Storage::int8,       Storage::int4, Storage::sparse_int8,
                                 Storage::sparse_int4};

/// Takes `prefix` from the front of `word`, if it is there.
bool take(std::string_view& word, std::string_view prefix) {
  if (!word.starts_with(prefix)) return false;
  word.remove_prefix(prefix.size());
  return true;
}

std::optional<std::size_t> take_number(std::string_view& word) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc()) return std::nullopt;
  word.remove_prefix(static_cast<std::size_t>(end - word.data()));
  return number;
}

/// The format that all of `word` spells.
std::optional<Format> parse(std::string_view word) {
  Format format;
  bool sparse = false;
  if (take(word, "sparse")) {
    const auto percent = take_number(word);
    if (!percent || *percent >= 100) return std::nullopt;
    format.sparsity = static_cast<double>(*percent) / 100;
    sparse = true;
  } else if (take(word, "2of4")) {
    format.sparsity = 0.5;
    format.pattern = MaskPattern::two_of_four;
    sparse = true;
  }
  if (sparse && !take(word, "-")) return std::nullopt;

  const std::string_view numbers = word.substr(0, word.find('-'));
  for (const Storage storage : kStorages)
    if (storage_name(storage) == numbers) {
      if (sparse && storage != Storage::int8 && storage != Storage::int4) return std::nullopt;
      format.storage = !sparse                    ? storage
                       : storage == Storage::int8 ? Storage::sparse_int8
                                                  : Storage::sparse_int4;
      word.remove_prefix(numbers.size());
      if (word.empty()) return format;
    }
  if (!is_int4(format.storage) || !take(word, "-g")) return std::nullopt;
  const auto group = take_number(word);
  if (!word.empty() || (group != 32 && group != 64 && group != 128)) return std::nullopt;
  format.group = *group;
  return format;
}

}  // namespace

std::string_view storage_name(Storage storage) {
  switch (storage) {
    case Storage::f32:
      return "f32";
    case Storage::bf16:
      return "bf16";
    case Storage::fp8:
      return "fp8";
    case Storage::int8:
      return "int8";
    case Storage::int4:
      return "int4";
    case Storage::sparse_int8:
      return "sparse-int8";
    case Storage::sparse_int4:
      return "sparse-int4";
  }
  return "unknown";
}

std::string format_name(const Format& format) {
  std::string name;
  if (is_sparse(format.storage))
    name = format.pattern == MaskPattern::two_of_four
               ? "2of4-"
               : "sparse" + std::to_string(std::lround(format.sparsity * 100)) + "-";
  name += storage_name(dense_storage(format.storage));
  if (is_int4(format.storage) && format.group != kDefaultGroup)
    name += "-g" + std::to_string(format.group);
  return name;
}

Format format_from_name(std::string_view name) {
  if (const auto format = parse(name)) return *format;
  throw std::invalid_argument(
      "Unknown weight format \"" + std::string(name) +
      "\"; use f32, bf16, fp8, int8, int4, sparseNN-int8, sparseNN-int4 (for example "
      "sparse50-int4), "
      "2of4-int8 or 2of4-int4; -g32 or -g128 behind a 4-bit one changes its groups of 64.");
}

}  // namespace sancho::engine

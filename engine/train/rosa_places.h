#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/train/parameters.h"

namespace sancho::engine {

/// The ⌊density·size⌋ places of the largest values of x `[size / in, in]`; of equal ones the first.
CsrPattern largest_places(std::span<const float> x, std::size_t in, double density);

/// How RoSA's places were chosen, and what that cost.
struct RosaPlaces {
  std::vector<CsrPattern> patterns;  // one for each part of the AdapterLayout
  std::int64_t steps = 0, tokens = 0;
  double seconds = 0;
};

/// Keeps the places of the run `run` beside its checkpoint, atomically.
void write_places(const std::filesystem::path& path, const std::string& run,
                  const AdapterLayout& layout, const RosaPlaces& places);
/// Empty where there are none of this run that can be read: they are then chosen again.
std::optional<RosaPlaces> read_places(const std::filesystem::path& path, const std::string& run,
                                      const AdapterLayout& layout);

}  // namespace sancho::engine

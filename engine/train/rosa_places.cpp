#include "engine/train/rosa_places.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "engine/model/adapter_file.h"

namespace sancho::engine {

CsrPattern largest_places(std::span<const float> x, std::size_t in, double density) {
  if (in == 0 || x.size() % in != 0 || x.size() > UINT32_MAX)
    throw std::invalid_argument("A layer of this shape cannot have a sparse adapter.");
  const auto keep = static_cast<std::size_t>(
      std::floor(std::clamp(density, 0.0, 1.0) * static_cast<double>(x.size())));
  std::vector<std::uint32_t> places(x.size());
  std::iota(places.begin(), places.end(), 0u);
  const auto larger = [x](std::uint32_t a, std::uint32_t b) {
    return x[a] != x[b] ? x[a] > x[b] : a < b;
  };
  const auto end = places.begin() + static_cast<std::ptrdiff_t>(keep);
  if (keep < x.size()) std::nth_element(places.begin(), end, places.end(), larger);
  places.erase(end, places.end());
  std::ranges::sort(places);

  CsrPattern pattern;
  pattern.in = in;
  pattern.begins.assign(x.size() / in + 1, 0);
  for (const std::uint32_t place : places) {
    ++pattern.begins[place / in + 1];
    pattern.columns.push_back(static_cast<std::uint32_t>(place % in));
  }
  std::partial_sum(pattern.begins.begin(), pattern.begins.end(), pattern.begins.begin());
  return pattern;
}

// The file is an adapter without low-rank factors whose values are zero.

void write_places(const std::filesystem::path& path, const std::string& run,
                  const AdapterLayout& layout, const RosaPlaces& places) {
  Adapter file;
  file.metadata = {{"run", run},
                   {"steps", std::to_string(places.steps)},
                   {"tokens", std::to_string(places.tokens)},
                   {"seconds", std::to_string(places.seconds)}};
  for (std::size_t i = 0; i < layout.parts.size(); ++i) {
    LayerAdapter layer;
    layer.pattern = places.patterns[i];
    layer.values.resize(layer.pattern.size());
    file.layers.emplace(layout.parts[i].name, std::move(layer));
  }
  write_adapter(path, file);
}

std::optional<RosaPlaces> read_places(const std::filesystem::path& path, const std::string& run,
                                      const AdapterLayout& layout) try {
  const Adapter file = read_adapter(path);
  if (file.rank != 0 || file.metadata.at("run") != run) return std::nullopt;
  RosaPlaces places;
  places.steps = std::stoll(file.metadata.at("steps"));
  places.tokens = std::stoll(file.metadata.at("tokens"));
  places.seconds = std::stod(file.metadata.at("seconds"));
  for (const AdapterSlot& slot : layout.parts) {
    const LayerAdapter& layer = file.layers.at(slot.name);
    if (layer.in != slot.in || layer.out != slot.out) return std::nullopt;
    places.patterns.push_back(layer.pattern);
  }
  return places;
} catch (const std::exception&) {
  return std::nullopt;
}

}  // namespace sancho::engine

#include "engine/train/rosa_places.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

#include "engine/model/adapter_file.h"

namespace sancho::engine {

namespace {

/// Orders as the floats do.
std::uint32_t ordered(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  return bits >> 31 ? ~bits : bits | 0x80000000u;
}

/// The `keep`-th largest of x as `ordered` has it, and how many of its equals are among the first
/// `keep`. Counts the high halves of all, then the low halves of those that share the high one.
struct Threshold {
  std::uint32_t value = 0;
  std::size_t equals = 0;
};
Threshold nth_largest(std::span<const float> x, std::size_t keep) {
  Threshold t{0, keep};
  std::vector<std::size_t> counts;
  for (const int shift : {16, 0}) {
    counts.assign(65536, 0);
    for (const float v : x)
      if (const auto o = ordered(v); shift == 16 || o >> 16 == t.value >> 16)
        ++counts[o >> shift & 0xffff];
    std::uint32_t half = 65535;
    for (; half > 0 && counts[half] < t.equals; --half) t.equals -= counts[half];
    t.value |= half << shift;
  }
  return t;
}

}  // namespace

CsrPattern largest_places(std::span<const float> x, std::size_t in, double density) {
  if (in == 0 || x.size() % in != 0 || in > UINT32_MAX)
    throw std::invalid_argument("A layer of this shape cannot have a sparse adapter.");
  const auto keep = static_cast<std::size_t>(
      std::floor(std::clamp(density, 0.0, 1.0) * static_cast<double>(x.size())));
  CsrPattern pattern;
  pattern.in = in;
  pattern.begins.assign(1, 0);
  pattern.columns.reserve(keep);
  auto [least, equals] = nth_largest(x, keep);
  for (std::size_t row = 0; row < x.size() / in; ++row) {
    for (std::size_t c = 0; c < in && pattern.columns.size() < keep; ++c) {
      const std::uint32_t value = ordered(x[row * in + c]);
      if (value < least || (value == least && equals == 0)) continue;
      if (value == least) --equals;
      pattern.columns.push_back(static_cast<std::uint32_t>(c));
    }
    pattern.begins.push_back(pattern.columns.size());
  }
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

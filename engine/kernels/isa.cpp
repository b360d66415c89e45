#include "engine/kernels/isa.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "engine/kernels/dispatch.h"

namespace sancho::engine {
namespace {

constexpr std::array kIsas = {Isa::scalar, Isa::avx2, Isa::avx512};
constexpr std::array<std::string_view, 3> kNames = {"scalar", "avx2", "avx512"};

/// The cap from the environment; a word that is no instruction set caps nothing.
Isa environment_cap() {
  const char* word = std::getenv("SANCHO_ISA");
  const auto name = word ? std::ranges::find(kNames, std::string_view(word)) : kNames.end();
  return name == kNames.end() ? kIsas.back()
                              : kIsas[static_cast<std::size_t>(name - kNames.begin())];
}

std::atomic<Isa>& cap() {
  static std::atomic<Isa> value = environment_cap();
  return value;
}

}  // namespace

Isa active_isa() {
  static const Isa best = [] {
    Isa found = Isa::scalar;
    for (const Isa isa : kIsas)
      if (kernels_of(isa)) found = isa;
    return found;
  }();
  return std::min(best, cap().load(std::memory_order_relaxed));
}

void cap_isa(Isa isa) {
  cap() = std::min(isa, environment_cap());
}

std::string_view isa_name(Isa isa) {
  return kNames[static_cast<std::size_t>(isa)];
}

Isa isa_from_name(std::string_view name) {
  for (const Isa isa : kIsas)
    if (isa_name(isa) == name) return isa;
  throw std::invalid_argument("Unknown instruction set \"" + std::string(name) +
                              "\"; use scalar, avx2 or avx512.");
}

}  // namespace sancho::engine

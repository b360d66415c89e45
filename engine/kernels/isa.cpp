#include "engine/kernels/isa.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "engine/kernels/dispatch.h"

namespace sancho::engine {
namespace {

constexpr std::array<std::string_view, kIsas.size()> kNames = {"scalar", "neon",    "dotprod",
                                                               "avx2",   "avxvnni", "avx512"};

/// The cap from the environment; a word that is no instruction set caps nothing.
Isa environment_cap() {
  const char* word = std::getenv("SANCHO_ISA");
  const auto name = word ? std::ranges::find(kNames, std::string_view(word)) : kNames.end();
  return name == kNames.end() ? kIsas.back()
                              : kIsas[static_cast<std::size_t>(name - kNames.begin())];
}

Isa best_up_to(Isa cap) {
  Isa best = Isa::scalar;
  for (const Isa isa : kIsas)
    if (isa <= cap && kernels_of(isa)) best = isa;
  return best;
}

std::atomic<Isa>& active() {
  static std::atomic<Isa> isa = best_up_to(environment_cap());
  return isa;
}

}  // namespace

Isa active_isa() {
  return active().load(std::memory_order_relaxed);
}

void cap_isa(Isa cap) {
  active() = best_up_to(std::min(cap, environment_cap()));
}

std::string_view isa_name(Isa isa) {
  return kNames[static_cast<std::size_t>(isa)];
}

Isa isa_from_name(std::string_view name) {
  std::string known;
  for (const Isa isa : kIsas) {
    if (isa_name(isa) == name) return isa;
    known += (known.empty() ? "" : ", ") + std::string(isa_name(isa));
  }
  throw std::invalid_argument("Unknown instruction set \"" + std::string(name) + "\"; use one of " +
                              known + ".");
}

}  // namespace sancho::engine

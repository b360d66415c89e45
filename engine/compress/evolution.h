#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

namespace sancho::engine {

/// A thing with levels of compression, ordered from small to large.
struct Unit {
  std::vector<std::size_t> bytes;  // of each level
};

/// One level per unit.
using Choice = std::vector<std::uint8_t>;

/// A round in which candidates are compared on one batch, and how many go on to the next.
struct SelectionStage {
  std::size_t survivors = 1;
  std::size_t tokens = 512;
};

struct EvolutionOptions {
  std::size_t generations = 400;
  std::size_t offspring = 16;
  std::vector<SelectionStage> stages{{1, 512}, {1, 8192}};  // EvoPress's super-fast setting
  std::size_t budget = 0;                                   // bytes of all units together
  std::uint64_t seed = 1;
};

/// How bad a choice is on batch `batch` of so many tokens, lower is better. The same batch number
/// stands for the same text.
using Fitness =
    std::function<double(const Choice& choice, std::uint64_t batch, std::size_t tokens)>;

/// Where a search stands after some generations.
struct EvolutionState {
  std::size_t generation = 0;
  Choice best;
  double fitness = 0;  // of the best, on the last batch it was compared on
};

std::size_t bytes_of(std::span<const Unit> units, const Choice& choice);

/// A child of `parent`: min(U{1…3}, U{1…3}) times one unit goes a level down and another a level
/// up, within the budget. The parent itself where nothing fits.
Choice mutate(std::span<const Unit> units, const Choice& parent, std::size_t budget,
              std::uint64_t seed);

/// EvoPress (Sieberling et al. 2024): a (1+λ) search over levels under a budget of bytes. Each
/// generation's children pass the stages, and the last stage compares their best with the parent on
/// the same batch. A generation depends on the seed and its number alone, so a search goes on from
/// any state as if it had never stopped. `on_generation` is called after each. Throws
/// std::invalid_argument where the start is over the budget.
EvolutionState evolve(std::span<const Unit> units, EvolutionState start,
                      const EvolutionOptions& options, const Fitness& fitness,
                      const std::function<void(const EvolutionState&)>& on_generation,
                      const std::stop_token& stop);

/// Levels within the budget to start from: as nearly the same share of each unit's range as the
/// budget allows. Throws std::runtime_error where even the smallest levels are too large.
Choice uniform_start(std::span<const Unit> units, std::size_t budget);

}  // namespace sancho::engine

#include "engine/compress/evolution.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>

#include "engine/tensor/random.h"

namespace sancho::engine {
namespace {

std::size_t draw(SplitMix64& random, std::size_t count) {
  return static_cast<std::size_t>(random.next() % count);
}

/// A seed of its own for each thing that is drawn.
std::uint64_t mix(std::uint64_t seed, std::uint64_t a, std::uint64_t b) {
  SplitMix64 random(seed ^ (a * 0xd1342543de82ef95u) ^ (b * 0xaf251af3b0f025b5u));
  return random.next();
}

struct Candidate {
  Choice choice;
  double fitness = 0;
  bool parent = false;
};

}  // namespace

std::size_t bytes_of(std::span<const Unit> units, const Choice& choice) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < units.size(); ++i) sum += units[i].bytes.at(choice[i]);
  return sum;
}

Choice mutate(std::span<const Unit> units, const Choice& parent, std::size_t budget,
              std::uint64_t seed) {
  constexpr int most_tries = 64;
  SplitMix64 random(seed);
  const std::size_t switches = std::min(draw(random, 3), draw(random, 3)) + 1;
  Choice child = parent;
  for (std::size_t done = 0; done < switches; ++done)
    for (int attempt = 0; attempt < most_tries; ++attempt) {
      const std::size_t up = draw(random, units.size()), down = draw(random, units.size());
      const bool room_above = child[up] + 1u < units[up].bytes.size();
      if (up == down || !room_above || child[down] == 0) continue;
      ++child[up];
      --child[down];
      if (bytes_of(units, child) <= budget) break;
      --child[up];
      ++child[down];
      // Where units differ in size, one that only grows may still fit.
      ++child[up];
      if (bytes_of(units, child) <= budget) break;
      --child[up];
    }
  return child;
}

EvolutionState evolve(std::span<const Unit> units, EvolutionState state,
                      const EvolutionOptions& options, const Fitness& fitness,
                      const std::function<void(const EvolutionState&)>& on_generation,
                      const std::stop_token& stop) {
  if (bytes_of(units, state.best) > options.budget)
    throw std::invalid_argument("The search must start within its budget.");
  while (state.generation < options.generations && !stop.stop_requested()) {
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < options.offspring; ++i)
      candidates.push_back({mutate(units, state.best, options.budget,
                                   mix(options.seed, state.generation + 1, i + 1)),
                            0, false});
    for (std::size_t s = 0; s < options.stages.size(); ++s) {
      if (s + 1 == options.stages.size())
        candidates.insert(candidates.begin(), {state.best, 0, true});
      const std::uint64_t batch = mix(options.seed, state.generation + 1, ~s);
      for (Candidate& candidate : candidates) {
        if (stop.stop_requested()) return state;
        candidate.fitness = fitness(candidate.choice, batch, options.stages[s].tokens);
      }
      // Stable: of equals the parent, which comes first, stays.
      std::ranges::stable_sort(candidates, {}, &Candidate::fitness);
      candidates.resize(std::min(candidates.size(), options.stages[s].survivors));
    }
    if (stop.stop_requested()) return state;
    state.best = candidates.front().choice;
    state.fitness = candidates.front().fitness;
    ++state.generation;
    if (on_generation) on_generation(state);
  }
  return state;
}

Choice uniform_start(std::span<const Unit> units, std::size_t budget) {
  constexpr int steps = 256;
  Choice choice(units.size(), 0);
  if (bytes_of(units, choice) > budget)
    throw std::runtime_error("The smallest that the layers can be is " +
                             std::to_string(bytes_of(units, choice)) +
                             " bytes, which is over the budget of " + std::to_string(budget) +
                             "; allow more, or a smaller format.");
  for (int step = 1; step <= steps; ++step) {
    Choice larger(units.size());
    for (std::size_t i = 0; i < units.size(); ++i)
      larger[i] = static_cast<std::uint8_t>((units[i].bytes.size() - 1) *
                                            static_cast<std::size_t>(step) / steps);
    if (bytes_of(units, larger) > budget) break;
    choice = larger;
  }
  // What room is left goes to units in turn.
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (choice[i] + 1u >= units[i].bytes.size()) continue;
    ++choice[i];
    if (bytes_of(units, choice) > budget) --choice[i];
  }
  return choice;
}

}  // namespace sancho::engine

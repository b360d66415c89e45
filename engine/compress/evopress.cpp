#include "engine/compress/evopress.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <stdexcept>

#include "engine/checkpoint/atomic_file.h"
#include "engine/compress/calibration.h"
#include "engine/compress/divergence.h"
#include "engine/compress/grid.h"
#include "engine/model/model_builder.h"
#include "engine/tensor/random.h"

namespace sancho::engine {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kSteps = 8;            // levels to either side
constexpr double kStepShare = 0.03;  // of a mean layer's weights
constexpr std::size_t kKept = 512;   // likeliest tokens of a prediction that are compared

/// The layers' levels in order of size, and which level of the database each is.
struct OrderedLevels {
  std::vector<Unit> units;
  std::vector<std::vector<std::uint8_t>> level;  // [layer][place in order]
  Choice first;                                  // the place of each layer's first level

  /// Where zeros take room as well, levels would all be of one size: what counts is then the room
  /// of the others (`zeros_are_free`).
  OrderedLevels(const LevelDatabase& database, bool zeros_are_free) {
    for (std::size_t i = 0; i < database.names().size(); ++i) {
      std::vector<std::uint8_t> order(database.levels(i));
      std::iota(order.begin(), order.end(), std::uint8_t{0});
      const auto bytes = [&](std::uint8_t level) {
        const LayerReport& report = database.report(i, level);
        const double share = zeros_are_free ? 1 - report.sparsity : 1;
        return static_cast<std::size_t>(std::llround(share * static_cast<double>(report.bytes)));
      };
      std::ranges::stable_sort(order, {}, bytes);
      Unit unit;
      for (const std::uint8_t level : order) unit.bytes.push_back(bytes(level));
      first.push_back(static_cast<std::uint8_t>(std::ranges::find(order, 0) - order.begin()));
      units.push_back(std::move(unit));
      level.push_back(std::move(order));
    }
  }

  /// A choice among the database's levels.
  Choice of(const Choice& places) const {
    Choice chosen(places.size());
    for (std::size_t i = 0; i < places.size(); ++i) chosen[i] = level[i][places[i]];
    return chosen;
  }
};

/// Fitness over random batches of whole samples.
class ModelFitness {
 public:
  ModelFitness(const LevelDatabase& database, const OrderedLevels& levels, Divergence& divergence,
               const std::stop_token& stop)
      : database_(database), levels_(levels), divergence_(divergence), stop_(stop) {}

  double operator()(const Choice& choice, std::uint64_t batch, std::size_t tokens) const {
    const auto& samples = divergence_.samples();
    SplitMix64 random(batch);
    std::vector<std::size_t> numbers(samples.size());
    std::iota(numbers.begin(), numbers.end(), std::size_t{0});
    std::size_t taken = 0, count = 0;
    while (count < numbers.size() && taken < tokens) {
      const std::size_t other = count + random.next() % (numbers.size() - count);
      std::swap(numbers[count], numbers[other]);
      taken += samples[numbers[count++]].size();
    }
    numbers.resize(count);
    return divergence_.measure(database_.model(levels_.of(choice)), numbers, stop_).mean();
  }

 private:
  const LevelDatabase& database_;
  const OrderedLevels& levels_;
  Divergence& divergence_;
  const std::stop_token& stop_;
};

/// The share of zeros with which a model in a sparse format has about so many bytes.
double fitting_share(const ModelConfig& config, const Format& format, std::size_t budget) {
  const double per_value = is_int4(format.storage) ? 0.5 : 1.0;
  const double per_weight =
      0.125 + (is_int4(format.storage) ? 2.0 / static_cast<double>(format.group) : 0.0);
  double left = static_cast<double>(budget), values = 0;
  for (const std::string& name : linear_names(config)) {
    const auto [out, in] = linear_shape(config, name);
    const auto weights = static_cast<double>(out * in);
    const bool block = name.starts_with("model.layers.");
    left -= block ? weights * per_weight + 16.0 * static_cast<double>(out)
                  : weights + 8.0 * static_cast<double>(out);
    if (block) values += weights * per_value;
  }
  return std::clamp(1 - left / values, 0.05, 0.95);
}

std::string search_key(const OrderedLevels& levels, const EvolutionOptions& options,
                       std::size_t fitness_tokens) {
  json key{options.budget, options.seed, options.offspring, fitness_tokens, levels.first};
  for (const SelectionStage& stage : options.stages) {
    key.push_back(stage.survivors);
    key.push_back(stage.tokens);
  }
  for (const Unit& unit : levels.units) key.push_back(unit.bytes);
  return key.dump();
}

EvolutionState read_state(const fs::path& file, const std::string& key, EvolutionState fresh) {
  std::ifstream in(file);
  const json saved = json::parse(in, nullptr, false);
  if (!saved.is_object() || saved.value("key", "") != key) return fresh;
  try {
    EvolutionState state{saved.at("generation").get<std::size_t>(), saved.at("best").get<Choice>(),
                         saved.at("fitness").get<double>()};
    return state.best.size() == fresh.best.size() ? state : fresh;
  } catch (const json::exception&) {
    return fresh;
  }
}

void write_state(const fs::path& file, const std::string& key, const EvolutionState& state) {
  replace_file(file, json{{"key", key},
                          {"generation", state.generation},
                          {"best", state.best},
                          {"fitness", state.fitness}}
                         .dump());
}

}  // namespace

Levels levels_around(const Format& format, std::size_t all_weights, std::size_t layers) {
  const bool by_share = format.sparsity > 0;
  const double step =
      kStepShare * static_cast<double>(all_weights / std::max<std::size_t>(layers, 1));
  return [=](const std::string&, std::size_t weights) {
    std::vector<Format> levels{format};
    if (!by_share && grid_of(format))
      for (const char* name : {"int8", "int4", "2of4-int4"})
        if (Format other = format_from_name(name);
            other.storage != format.storage || other.pattern != format.pattern)
          levels.push_back(other);
    for (int s = 1; by_share && s <= kSteps; ++s)
      for (const int sign : {-1, 1}) {
        Format level = format;
        level.sparsity += sign * s * step / static_cast<double>(weights);
        if (level.sparsity >= 0 && level.sparsity < 1) levels.push_back(level);
      }
    return levels;
  };
}

Compressed search(const ModelSource& source, std::span<const TrainSample> calibration,
                  const SearchOptions& options, const CompressSink& on_layer,
                  const std::function<void(const SearchProgress&)>& on_generation,
                  std::stop_token stop) {
  const ModelConfig config = source()->config();
  Format format = options.compress.format;
  if (options.evolution.budget > 0 && is_sparse(format.storage) &&
      format.pattern == MaskPattern::any)
    format.sparsity = fitting_share(config, format, options.evolution.budget);
  std::size_t weights = 0;
  for (const std::string& name : linear_names(config))
    if (name.starts_with("model.layers.")) {
      const auto [out, in] = linear_shape(config, name);
      weights += out * in;
    }
  const Levels levels = levels_around(format, weights, 7 * config.num_hidden_layers);
  if (!compress_levels(source, calibration, levels, options.compress, on_layer, stop)) return {};

  const auto dense = source();
  const LevelDatabase database(dense, options.compress.folder, table_storage(format));
  const OrderedLevels ordered(database, format.sparsity > 0 && !is_sparse(format.storage));
  EvolutionOptions evolution = options.evolution;
  EvolutionState start;
  if (evolution.budget == 0) {
    evolution.budget = bytes_of(ordered.units, ordered.first);
    start.best = ordered.first;
  } else {
    if (evolution.budget < database.fixed_bytes())
      throw std::runtime_error("Embedding, head and norms alone are " +
                               std::to_string(database.fixed_bytes()) +
                               " bytes, which is over the budget; allow more.");
    evolution.budget -= database.fixed_bytes();
    start.best = uniform_start(ordered.units, evolution.budget);
  }

  Divergence divergence(dense, choose_calibration(calibration, options.fitness_tokens, config),
                        kKept, std::make_shared<ThreadPool>(options.compress.threads));
  const ModelFitness fitness(database, ordered, divergence, stop);
  const fs::path file = options.compress.folder / "search.json";
  const std::string key = search_key(ordered, evolution, options.fitness_tokens);
  const auto report = [&](const EvolutionState& state) {
    write_state(file, key, state);
    if (on_generation)
      on_generation({state.generation, evolution.generations,
                     database.fixed_bytes() + bytes_of(ordered.units, state.best), state.fitness});
  };
  const auto state =
      evolve(ordered.units, read_state(file, key, start), evolution, fitness, report, stop);
  if (stop.stop_requested()) return {};

  const Choice chosen = ordered.of(state.best);
  Compressed result;
  result.model = database.model(chosen);
  for (std::size_t i = 0; i < chosen.size(); ++i)
    result.layers.push_back(database.report(i, chosen[i]));
  return result;
}

}  // namespace sancho::engine

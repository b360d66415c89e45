#include <span>
#include <vector>

#include "engine/kernels/thread_pool.h"
#include "engine/model/model_builder.h"
#include "engine/model/weight_memory.h"
#include "engine/tensor/random.h"

namespace sancho::engine {

namespace {

/// A sum of four uniform numbers: close enough to normal, and quick to draw.
float draw_weight(SplitMix64& draws) {
  constexpr float deviation = 0.02f, unit = 1.7320508f / 65536;
  const std::uint64_t b = draws.next();
  const auto sum =
      static_cast<int>((b & 0xffff) + (b >> 16 & 0xffff) + (b >> 32 & 0xffff) + (b >> 48));
  return deviation * unit * static_cast<float>(sum - 2 * 65536);
}

/// Zeros in random places: every weight by a draw of its own, so that rows differ in their
/// patterns, or two of each four.
void drop_at_random(std::span<float> weights, const Format& format, SplitMix64& draws) {
  if (format.pattern == MaskPattern::two_of_four) {
    for (std::size_t i = 0; i + 4 <= weights.size(); i += 4) {
      const std::size_t first = draws.next() % 4, second = (first + 1 + draws.next() % 3) % 4;
      weights[i + first] = weights[i + second] = 0;
    }
    return;
  }
  const auto cut = static_cast<std::uint64_t>(format.sparsity * 4294967296.0);
  for (float& weight : weights)
    if ((draws.next() >> 32) < cut) weight = 0;
}

}  // namespace

std::shared_ptr<const Model> Model::random(const ModelConfig& config, const Format& format,
                                           std::uint64_t seed) {
  const std::vector<std::string> names = linear_names(config);
  std::vector<std::shared_ptr<const Linear>> layers(names.size());
  const auto memory = std::make_shared<WeightMemory>();
  ThreadPool pool;
  pool.parallel_pieces(names.size(), 1, [&](std::size_t begin, std::size_t end, unsigned) {
    std::vector<float> weights;
    for (std::size_t i = begin; i < end; ++i) {
      const auto [out, in] = linear_shape(config, names[i]);
      SplitMix64 draws(SplitMix64(seed * 0x10001 + i).next());
      weights.resize(out * in);
      for (float& weight : weights) weight = draw_weight(draws);
      const bool in_block = names[i].starts_with("model.layers.");
      if (in_block && is_sparse(format.storage)) drop_at_random(weights, format, draws);
      const Storage storage = in_block ? format.storage : dense_storage(format.storage);
      layers[i] = memory->take(make_linear(storage, {weights.data(), out, in}, format.group));
    }
  });
  ModelBuilder builder(config);
  for (std::size_t i = 0; i < names.size(); ++i) builder.linear(names[i], std::move(layers[i]));
  const std::vector<float> ones(config.hidden_size, 1.0f);
  for (const std::string& name : norm_names(config)) builder.norm(name, ones);
  builder.keep_alive(memory);
  return builder.build();
}

}  // namespace sancho::engine

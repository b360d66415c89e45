#include <cmath>

#include "engine/model/model_builder.h"
#include "engine/tensor/random.h"
#include "engine/train/trainer.h"

namespace sancho::engine {

std::shared_ptr<const Model> make_initial_model(const ModelConfig& config,
                                                const Tokenizer& tokenizer, std::uint64_t seed) {
  constexpr double kDeviation = 0.02;
  const double residual =
      kDeviation /
      std::sqrt(2 * static_cast<double>(std::max<std::size_t>(config.num_hidden_layers, 1)));
  SplitMix64 random(seed);
  ModelBuilder builder(config);
  builder.tokenizer(tokenizer);
  for (const std::string& name : linear_names(config)) {
    const auto [out, in] = linear_shape(config, name);
    const bool to_residual = name.ends_with(".o_proj") || name.ends_with(".down_proj");
    AlignedBuffer<float> weights(out * in);
    for (float& w : weights)
      w = static_cast<float>(random.normal() * (to_residual ? residual : kDeviation));
    builder.linear(name, make_linear(Storage::f32, {weights.data(), out, in}));
  }
  const std::vector<float> ones(config.hidden_size, 1.0f);
  for (const std::string& name : norm_names(config)) builder.norm(name, ones);
  return builder.build();
}

}  // namespace sancho::engine

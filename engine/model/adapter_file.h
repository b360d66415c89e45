#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "engine/model/model.h"

namespace sancho::engine {

/// The two factors over one linear layer (LoRA, Hu et al. 2021): W + alpha/rank · B·A.
struct LoraFactors {
  std::size_t out = 0, in = 0;
  AlignedBuffer<float> a;  // [rank, in]
  AlignedBuffer<float> b;  // [out, rank]
};

/// A LoRA adapter. On disk it is a safetensors file: the F32 tensors `<linear name>.lora_A.weight`
/// and `<linear name>.lora_B.weight`, the metadata "format" = "sancho-adapter", "rank", "alpha" and
/// whatever else its writer states (for example "base_sha256").
struct Adapter {
  std::size_t rank = 0;
  double alpha = 0;
  std::map<std::string, LoraFactors> layers;  // by linear name, see linear_names()
  std::map<std::string, std::string> metadata;
};

/// Writes atomically. Throws std::invalid_argument where a factor is not of the adapter's rank.
void write_adapter(const std::filesystem::path& path, const Adapter& adapter);
/// Throws std::runtime_error: one sentence naming the file and what is wrong.
Adapter read_adapter(const std::filesystem::path& path);

/// `base` seen through `adapter`; shares the weights of `base`, which it keeps alive. Throws
/// std::runtime_error where a layer does not exist or has another shape.
std::shared_ptr<const Model> with_adapter(std::shared_ptr<const Model> base,
                                          const Adapter& adapter);

}  // namespace sancho::engine

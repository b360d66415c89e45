#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/model/model.h"

namespace sancho::engine {

/// What an adapter adds to one linear layer: W + alpha/rank · B·A + S. LoRA (Hu et al. 2021) has
/// the factors alone, RoSA (Nikdan et al. 2024) also the sparse matrix S.
struct LayerAdapter {
  std::size_t out = 0, in = 0;
  AlignedBuffer<float> a;     // [rank, in]
  AlignedBuffer<float> b;     // [out, rank]
  CsrPattern pattern;         // of S; empty where there is none
  std::vector<float> values;  // of S
};

/// An adapter. On disk it is a safetensors file: the F32 tensors `<linear name>.lora_A.weight` and
/// `<linear name>.lora_B.weight` unless the rank is 0, `<linear name>.delta.…` where S has weights,
/// the metadata "format" = "sancho-adapter", "rank", "alpha" and whatever else its writer states
/// (for example "sancho.base").
struct Adapter {
  std::size_t rank = 0;
  double alpha = 0;
  std::map<std::string, LayerAdapter> layers;  // by linear name, see linear_names()
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

/// `adapted`, a model seen through an adapter, with every weight made anew in `format`. A sparse
/// format becomes its dense kin, as a low-rank product leaves no zeros.
std::shared_ptr<const Model> merged(const Model& adapted, Storage storage);

}  // namespace sancho::engine

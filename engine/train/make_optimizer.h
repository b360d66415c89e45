#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "engine/train/optimizer.h"
#include "engine/train/trainer.h"

namespace sancho::engine {

/// The optimizer of `options` for tensors of these sizes.
std::unique_ptr<Optimizer> make_optimizer(const TrainOptions& options,
                                          const std::vector<std::size_t>& sizes);

/// "adamw", "microadam", "mfac" or "ggt". Throws std::invalid_argument that names the known words.
OptimizerKind optimizer_from_name(std::string_view name);

/// Bytes of state per trained parameter, rounded up.
double optimizer_bytes_per_parameter(OptimizerKind kind);

}  // namespace sancho::engine

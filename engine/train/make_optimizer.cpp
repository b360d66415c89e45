#include "engine/train/make_optimizer.h"

#include <numeric>
#include <stdexcept>
#include <string>

#include "engine/train/adamw.h"
#include "engine/train/efcp.h"
#include "engine/train/microadam.h"

namespace sancho::engine {

std::unique_ptr<Optimizer> make_optimizer(const TrainOptions& options,
                                          const std::vector<std::size_t>& sizes) {
  switch (options.optimizer) {
    case OptimizerKind::microadam: {
      MicroAdamOptions o;
      o.weight_decay = options.weight_decay;
      o.beta2 = options.beta2;
      return std::make_unique<MicroAdam>(o, sizes);
    }
    case OptimizerKind::mfac:
    case OptimizerKind::ggt: {
      EfcpOptions o;
      o.weight_decay = options.weight_decay;
      if (options.optimizer == OptimizerKind::ggt) {
        o.preconditioner = Preconditioner::ggt;
        o.damping = 1e-5;
        o.window = 100;
      }
      return std::make_unique<Efcp>(o, sizes);
    }
    case OptimizerKind::adamw:
      break;
  }
  AdamWOptions o;
  o.weight_decay = options.weight_decay;
  o.beta2 = options.beta2;
  return std::make_unique<AdamW>(o, std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}));
}

OptimizerKind optimizer_from_name(std::string_view name) {
  if (name == "adamw") return OptimizerKind::adamw;
  if (name == "microadam") return OptimizerKind::microadam;
  if (name == "mfac") return OptimizerKind::mfac;
  if (name == "ggt") return OptimizerKind::ggt;
  throw std::invalid_argument("\"" + std::string(name) +
                              "\" is no optimizer: choose microadam, adamw, mfac or ggt.");
}

double optimizer_bytes_per_parameter(OptimizerKind kind) {
  switch (kind) {
    case OptimizerKind::adamw:
      return 8;
    case OptimizerKind::microadam:
      return 1;
    case OptimizerKind::mfac:
      return 9.5;
    case OptimizerKind::ggt:
      return 8.5;
  }
  return 0;
}

}  // namespace sancho::engine

#pragma once

#include "app/cli/verb.h"
#include "core/personal/training.h"

namespace sancho::cli {

/// A training run's figures under the keys of `train`.
Json figures_json(const core::TrainFigures& figures);
/// The curve as rows of step, loss and, where it was measured, held-out loss.
Json curve_json(const core::TrainFigures& figures);

}  // namespace sancho::cli

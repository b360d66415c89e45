#include "app/cli/figures.h"

namespace sancho::cli {

Json figures_json(const core::TrainFigures& f) {
  return {{"pairs", f.pairs},
          {"steps", f.steps},
          {"tokens", f.tokens},
          {"loss_first", f.loss_first},
          {"loss_last", f.loss_last},
          {"heldout_ppl_before", f.heldout_ppl_before},
          {"heldout_ppl_after", f.heldout_ppl_after},
          {"trainable_parameters", f.trainable_parameters},
          {"optimizer_bytes_per_parameter", f.optimizer_bytes_per_parameter},
          {"tokens_per_second", f.tokens_per_second},
          {"seconds", f.seconds},
          {"peak_rss_mb", static_cast<double>(f.peak_memory) / (1024.0 * 1024.0)}};
}

Json curve_json(const core::TrainFigures& figures) {
  Json rows = Json::array();
  for (const core::LossPoint& p : figures.curve) {
    rows.push_back({p.step, p.loss});
    if (p.heldout) rows.back().push_back(*p.heldout);
  }
  return rows;
}

}  // namespace sancho::cli

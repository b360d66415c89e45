#pragma once

#include <vector>

#include "app/desktop/card_chart.h"
#include "engine/compress/layer_compressor.h"

class QLineSeries;
class QValueAxis;

namespace sancho::desktop {

/// How many zeros each layer of a compressed model has, and how much of its output that cost.
class LayerChart : public CardChart {
  Q_OBJECT
 public:
  explicit LayerChart(QWidget* parent = nullptr);
  /// In the order of the model.
  void show_layers(const std::vector<engine::LayerReport>& layers);

 private:
  void apply_theme() override;

  QLineSeries *zeros_, *error_;
  QValueAxis *number_, *percent_, *lost_;
};

}  // namespace sancho::desktop

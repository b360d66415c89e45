#pragma once

#include <QtCharts/QChartView>

namespace sancho::desktop {

/// A chart that lies on a card: no frame of its own, the colours of the theme.
class CardChart : public QChartView {
  Q_OBJECT
 public:
  explicit CardChart(QWidget* parent = nullptr);

 protected:
  /// Colours of legend and axes; series are the heirs' affair. Called when the theme changes, and
  /// by the heir once its axes are there.
  virtual void apply_theme();
};

}  // namespace sancho::desktop

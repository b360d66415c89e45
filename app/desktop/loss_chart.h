#pragma once

#include <limits>
#include <vector>

#include "app/desktop/card_chart.h"
#include "core/assistant.h"

class QLineSeries;
class QScatterSeries;
class QValueAxis;

namespace sancho::desktop {

/// The curves of a training run: loss on the mails trained on, and on the mails held out.
class LossChart : public CardChart {
  Q_OBJECT
 public:
  explicit LossChart(QWidget* parent = nullptr);
  void clear();
  void add(const core::LossPoint& point, std::size_t total_steps);
  /// Of a run that is over.
  void show_curve(const std::vector<core::LossPoint>& curve);
  int points() const;

 private:
  void apply_theme() override;
  void widen(double step, double loss);

  QLineSeries* training_;
  QLineSeries* heldout_;
  QValueAxis* steps_;
  QValueAxis* loss_;
  double lowest_ = std::numeric_limits<double>::infinity();
  double highest_ = -std::numeric_limits<double>::infinity();
};

}  // namespace sancho::desktop

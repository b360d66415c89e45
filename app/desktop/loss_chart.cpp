#include "app/desktop/loss_chart.h"

#include <QtCharts/QChart>
#include <QtCharts/QLegend>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>
#include <algorithm>
#include <cmath>

#include "app/desktop/theme.h"

namespace sancho::desktop {

LossChart::LossChart(QWidget* parent)
    : CardChart(parent),
      training_(new QLineSeries(this)),
      heldout_(new QLineSeries(this)),
      steps_(new QValueAxis(this)),
      loss_(new QValueAxis(this)) {
  training_->setName(tr("Mail it learns from"));
  heldout_->setName(tr("Mail it has not seen"));
  heldout_->setPointsVisible(true);
  for (QLineSeries* series : {training_, heldout_}) chart()->addSeries(series);
  chart()->addAxis(steps_, Qt::AlignBottom);
  chart()->addAxis(loss_, Qt::AlignLeft);
  for (QLineSeries* series : {training_, heldout_}) {
    series->attachAxis(steps_);
    series->attachAxis(loss_);
  }
  steps_->setTitleText(tr("Step"));
  steps_->setLabelFormat(QStringLiteral("%d"));
  loss_->setTitleText(tr("Loss (lower is better)"));
  loss_->setLabelFormat(QStringLiteral("%.1f"));
  setAccessibleName(tr("Loss curve"));
  clear();
  apply_theme();
}

void LossChart::clear() {
  training_->clear();
  heldout_->clear();
  lowest_ = std::numeric_limits<double>::infinity();
  highest_ = -lowest_;
  steps_->setRange(0, 10);
  loss_->setRange(0, 1);
}

void LossChart::add(const core::LossPoint& point, std::size_t total_steps) {
  const auto step = static_cast<double>(point.step);
  steps_->setMax(std::max(steps_->max(), static_cast<double>(total_steps)));
  if (point.loss > 0 && std::isfinite(point.loss)) {
    training_->append(step, point.loss);
    widen(step, point.loss);
  }
  if (point.heldout && std::isfinite(*point.heldout)) {
    heldout_->append(step, *point.heldout);
    widen(step, *point.heldout);
  }
}

void LossChart::show_curve(const std::vector<core::LossPoint>& curve) {
  clear();
  for (const core::LossPoint& point : curve) add(point, curve.back().step);
}

int LossChart::points() const {
  return static_cast<int>(training_->count());
}

void LossChart::widen(double step, double loss) {
  lowest_ = std::min(lowest_, loss);
  highest_ = std::max(highest_, loss);
  const double margin = std::max(0.1, (highest_ - lowest_) * 0.1);
  loss_->setRange(std::max(0.0, lowest_ - margin), highest_ + margin);
  if (step > steps_->max()) steps_->setMax(step);
}

void LossChart::apply_theme() {
  CardChart::apply_theme();
  const Colours& c = Theme::colours();
  training_->setPen(QPen(c.accent, 2));
  heldout_->setPen(QPen(c.warning, 2, Qt::DashLine));
  heldout_->setColor(c.warning);
}

}  // namespace sancho::desktop

#include "app/desktop/layer_chart.h"

#include <QtCharts/QChart>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>
#include <algorithm>

#include "app/desktop/theme.h"

namespace sancho::desktop {

LayerChart::LayerChart(QWidget* parent)
    : CardChart(parent),
      zeros_(new QLineSeries(this)),
      error_(new QLineSeries(this)),
      number_(new QValueAxis(this)),
      percent_(new QValueAxis(this)),
      lost_(new QValueAxis(this)) {
  zeros_->setName(tr("Zeros"));
  error_->setName(tr("Output lost"));
  percent_->setRange(0, 100);
  percent_->setTickCount(3);
  for (QValueAxis* axis : {percent_, lost_}) axis->setLabelFormat(QStringLiteral("%.0f %%"));
  number_->setTitleText(tr("Layer"));
  number_->setLabelFormat(QStringLiteral("%d"));
  chart()->addAxis(number_, Qt::AlignBottom);
  chart()->addAxis(percent_, Qt::AlignLeft);
  chart()->addAxis(lost_, Qt::AlignRight);
  for (auto [series, axis] : {std::pair(zeros_, percent_), std::pair(error_, lost_)}) {
    chart()->addSeries(series);
    series->setPointsVisible(true);
    series->attachAxis(number_);
    series->attachAxis(axis);
  }
  setAccessibleName(tr("Zeros and loss of each layer"));
  apply_theme();
}

void LayerChart::show_layers(const std::vector<engine::LayerReport>& layers) {
  zeros_->clear();
  error_->clear();
  double most = 1;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto number = static_cast<double>(i + 1);
    zeros_->append(number, 100 * layers[i].sparsity);
    error_->append(number, 100 * layers[i].error);
    most = std::max(most, 110 * layers[i].error);
  }
  number_->setRange(1, std::max<double>(2, static_cast<double>(layers.size())));
  lost_->setRange(0, most);
  lost_->setTickCount(3);
}

void LayerChart::apply_theme() {
  CardChart::apply_theme();
  const Colours& c = Theme::colours();
  zeros_->setPen(QPen(c.accent, 2));
  error_->setPen(QPen(c.warning, 2, Qt::DashLine));
  zeros_->setColor(c.accent);
  error_->setColor(c.warning);
}

}  // namespace sancho::desktop

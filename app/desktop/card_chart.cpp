#include "app/desktop/card_chart.h"

#include <QtCharts/QAbstractAxis>
#include <QtCharts/QChart>
#include <QtCharts/QLegend>

#include "app/desktop/theme.h"

namespace sancho::desktop {

CardChart::CardChart(QWidget* parent) : QChartView(parent) {
  chart()->legend()->setAlignment(Qt::AlignTop);
  chart()->legend()->setMarkerShape(QLegend::MarkerShapeCircle);
  chart()->setMargins(QMargins(4, 4, 4, 4));
  chart()->setBackgroundRoundness(0);
  chart()->setBackgroundVisible(false);
  setBackgroundBrush(Qt::NoBrush);
  setStyleSheet(QStringLiteral("background: transparent; border: none;"));
  setRenderHint(QPainter::Antialiasing);
  setFocusPolicy(Qt::NoFocus);
  if (Theme::instance())
    connect(Theme::instance(), &Theme::changed, this, [this] { apply_theme(); });
}

void CardChart::apply_theme() {
  const Colours& c = Theme::colours();
  QFont small = font();
  small.setPointSizeF(font().pointSizeF() * 0.85);
  chart()->legend()->setLabelColor(c.text);
  chart()->legend()->setFont(small);
  for (QAbstractAxis* axis : chart()->axes()) {
    axis->setLabelsColor(c.muted);
    axis->setTitleBrush(c.muted);
    axis->setLabelsFont(small);
    axis->setTitleFont(small);
    axis->setGridLineColor(c.border);
    axis->setLinePenColor(c.border);
  }
}

}  // namespace sancho::desktop

#include "app/desktop/icons.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

#include "app/desktop/theme.h"

namespace sancho::desktop {

namespace {

/// Renders at paint time, so that a change of theme or of screen needs no new icons.
class SvgIconEngine : public QIconEngine {
 public:
  SvgIconEngine(const QString& name, IconTone tone) : tone_(tone) {
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (file.open(QIODevice::ReadOnly)) svg_ = file.readAll();
  }

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
    QByteArray svg = svg_;
    svg.replace("currentColor", colour(mode, state).name().toLatin1());
    painter->setRenderHint(QPainter::Antialiasing);
    QSvgRenderer(svg).render(painter, rect);
  }

  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paint(&painter, QRect(QPoint(), size), mode, state);
    return pixmap;
  }

  QIconEngine* clone() const override { return new SvgIconEngine(*this); }

 private:
  QColor colour(QIcon::Mode mode, QIcon::State state) const {
    const Colours& c = Theme::colours();
    if (mode == QIcon::Disabled) return c.muted;
    if (tone_ == IconTone::accent || (tone_ == IconTone::text && state == QIcon::On))
      return c.accent;
    if (tone_ == IconTone::on_accent) return c.on_accent;
    return tone_ == IconTone::warning ? c.warning : c.text;
  }

  QByteArray svg_;
  IconTone tone_;
};

}  // namespace

QIcon icon(const QString& name, IconTone tone) {
  return QIcon(new SvgIconEngine(name, tone));
}

}  // namespace sancho::desktop

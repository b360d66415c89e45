#include "app/desktop/message_delegate.h"

#include <QPainter>
#include <algorithm>

#include "app/desktop/message_list_model.h"
#include "app/desktop/theme.h"

namespace sancho::desktop {

namespace {

constexpr int kPadding = 10;
constexpr int kLineGap = 3;

QFont small_font(const QFont& base) {
  QFont font = base;
  font.setPointSizeF(base.pointSizeF() * 0.9);
  return font;
}

QFont strong_font(const QFont& base) {
  QFont font = base;
  font.setWeight(QFont::DemiBold);
  return font;
}

}  // namespace

void MessageDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
  const Colours& c = Theme::colours();
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  const QRectF card = QRectF(option.rect).adjusted(2, 1, -2, -1);
  const bool selected = option.state.testFlag(QStyle::State_Selected);
  const bool focused = option.state.testFlag(QStyle::State_HasFocus);
  if (selected || focused || option.state.testFlag(QStyle::State_MouseOver)) {
    painter->setPen(focused ? QPen(c.accent, 1) : QPen(Qt::NoPen));
    painter->setBrush(selected ? c.accent_soft : c.window);
    painter->drawRoundedRect(card, 8, 8);
  }

  QRect line = option.rect.adjusted(kPadding + 2, kPadding, -kPadding - 2, 0);
  const auto write = [&](const QFont& font, const QColor& colour, const QString& text, QRect rect,
                         Qt::Alignment alignment = Qt::AlignLeft) {
    painter->setFont(font);
    painter->setPen(colour);
    const QFontMetrics metrics(font);
    painter->drawText(rect, static_cast<int>(alignment | Qt::AlignVCenter) | Qt::TextSingleLine,
                      metrics.elidedText(text, Qt::ElideRight, rect.width()));
  };

  const QFont small = small_font(option.font), strong = strong_font(option.font);
  line.setHeight(QFontMetrics(small).height());
  const QString date = index.data(kDateRole).toString();
  const int date_width = QFontMetrics(small).horizontalAdvance(date) + 8;
  write(small, c.muted, date, line, Qt::AlignRight);
  write(small, index.data(kOwnRole).toBool() ? c.accent : c.muted, index.data(kNameRole).toString(),
        line.adjusted(0, 0, -date_width, 0));

  line.translate(0, line.height() + kLineGap);
  line.setHeight(QFontMetrics(strong).height());
  const QVariant score = index.data(kScoreRole);
  if (score.isValid()) {
    const QRectF bar(line.right() - 36, line.center().y() - 1, 36, 4);
    painter->setPen(Qt::NoPen);
    painter->setBrush(c.border);
    painter->drawRoundedRect(bar, 2, 2);
    painter->setBrush(c.accent);
    painter->drawRoundedRect(
        QRectF(bar.topLeft(),
               QSizeF(bar.width() * std::clamp(score.toDouble(), 0.0, 1.0), bar.height())),
        2, 2);
  }
  write(strong, c.text, index.data(Qt::DisplayRole).toString(),
        line.adjusted(0, 0, score.isValid() ? -46 : 0, 0));

  line.translate(0, line.height() + kLineGap);
  line.setHeight(QFontMetrics(small).height());
  write(small, c.muted, index.data(kSnippetRole).toString(), line);
  painter->restore();
}

QSize MessageDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
  const int height = 2 * QFontMetrics(small_font(option.font)).height() +
                     QFontMetrics(strong_font(option.font)).height() + 2 * (kLineGap + kPadding);
  return {200, height};
}

}  // namespace sancho::desktop

#include "app/desktop/message_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include "app/desktop/icons.h"

namespace sancho::desktop {

MessageBar::MessageBar(QWidget* parent) : QFrame(parent), text_(new QLabel) {
  setProperty("role", "message");
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(14, 8, 8, 8);
  layout->setSpacing(10);
  auto* sign = new QLabel;
  sign->setPixmap(icon(QStringLiteral("warning"), IconTone::warning).pixmap(20, 20));
  text_->setWordWrap(true);
  text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* close = new QPushButton(icon(QStringLiteral("close")), QString());
  close->setProperty("role", "quiet");
  close->setAccessibleName(tr("Dismiss"));
  close->setToolTip(tr("Dismiss"));
  connect(close, &QPushButton::clicked, this, &QWidget::hide);
  layout->addWidget(sign);
  layout->addWidget(text_, 1);
  layout->addWidget(close);
  hide();
}

void MessageBar::show_sentence(const QString& sentence) {
  text_->setText(sentence);
  setAccessibleName(tr("Problem"));
  setAccessibleDescription(sentence);
  setVisible(!sentence.isEmpty());
}

QString MessageBar::sentence() const {
  return text_->text();
}

}  // namespace sancho::desktop

#pragma once

#include <QStyledItemDelegate>

namespace sancho::desktop {

/// Draws one mail or draft: correspondent and date, subject, the first words, and, for a hit, how
/// close it is. Reads the roles of MessageListModel.
class MessageDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace sancho::desktop

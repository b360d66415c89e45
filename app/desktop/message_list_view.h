#pragma once

#include <QListView>

#include "app/desktop/message_delegate.h"

namespace sancho::desktop {

/// A list of mails or drafts; Enter or a double click activates an entry.
class MessageListView : public QListView {
  Q_OBJECT
 public:
  explicit MessageListView(QWidget* parent = nullptr) : QListView(parent) {
    setItemDelegate(new MessageDelegate(this));
    setUniformItemSizes(true);
    setMouseTracking(true);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setEditTriggers(NoEditTriggers);
  }
};

}  // namespace sancho::desktop

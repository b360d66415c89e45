#pragma once

#include <QFrame>

class QLabel;

namespace sancho::desktop {

/// One sentence about something that went wrong, shown in the page and dismissed by its button.
class MessageBar : public QFrame {
  Q_OBJECT
 public:
  explicit MessageBar(QWidget* parent = nullptr);
  void show_sentence(const QString& sentence);
  QString sentence() const;

 private:
  QLabel* text_;
};

}  // namespace sancho::desktop

#pragma once

#include <QTimer>
#include <QWidget>

#include "app/desktop/worker.h"

class QCheckBox;
class QLabel;
class QLineEdit;

namespace sancho::desktop {

class MessageListModel;
class MessageListView;

/// A search box over the list of all mails. Searching runs in the background; typing on replaces
/// it.
class MailFinder : public QWidget {
  Q_OBJECT
 public:
  /// `assistant` is the window's and must outlive the widget.
  explicit MailFinder(core::Assistant* assistant, QWidget* parent = nullptr);

  /// Reads the archive again, keeping the query.
  void refresh();
  void focus_search();
  /// Selects the mail if it is in the list.
  void select(core::MessageKey key);
  core::MessageKey current() const;

 signals:
  void current_changed(sancho::core::MessageKey key);
  void activated(sancho::core::MessageKey key);
  void failed(const QString& sentence);

 private:
  void search();
  void show_hits(const core::SearchResult& result);
  void show_list();

  core::Assistant* assistant_;
  Worker worker_;
  QTimer typing_;
  MessageListModel* model_;
  QLineEdit* query_;
  QCheckBox* only_own_;
  QLabel* summary_;
  MessageListView* view_;
};

}  // namespace sancho::desktop

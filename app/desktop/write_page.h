#pragma once

#include <QWidget>

#include "app/desktop/worker.h"

class QCheckBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QTabWidget;

namespace sancho::desktop {

class DraftColumn;
class DraftHistoryModel;
class DraftOptions;
class MessageBar;
class MessageListModel;

/// Where a mail is asked for, written and edited.
class WritePage : public QWidget {
  Q_OBJECT
 public:
  /// `assistant` is the window's and must outlive the page.
  explicit WritePage(core::Assistant* assistant, QWidget* parent = nullptr);

  /// Reads again which models and drafts there are.
  void refresh();
  /// Another personal model is in use.
  void model_changed();
  void answer(core::MessageKey key);
  bool drafting() const { return worker_.busy(); }

 public slots:
  void start_or_stop();
  void copy_draft();

 signals:
  void open_mail_requested(sancho::core::MessageKey key);
  void status_message(const QString& text);

 private:
  QWidget* build_request();
  QWidget* build_drafts();
  QWidget* build_side();
  core::DraftRequest request_from_form() const;
  void draft(DraftColumn* column, core::DraftRequest request, std::function<void()> then);
  void show_draft(DraftColumn* column, const core::Draft& draft);
  void show_writing(bool writing);
  void choose_reply();
  void compare_toggled(bool compare);
  void save_eml(const DraftColumn* column);
  void save_draft(const DraftColumn* column);
  /// Calls `then` on the window's thread once it is saved.
  void save(std::function<void(core::Assistant&)> write, std::function<void()> then);
  void open_saved(const QModelIndex& index);
  void fail(const QString& sentence);

  core::Assistant* assistant_;
  Worker worker_, saver_;
  core::MessageKey reply_to_ = 0;
  bool stopping_ = false;
  MessageListModel* related_;
  DraftHistoryModel* history_;

  MessageBar* problem_;
  QPlainTextEdit* instruction_;
  QLineEdit* to_;
  QPushButton *reply_, *forget_reply_, *go_;
  QCheckBox *personal_, *compare_;
  DraftOptions* options_;
  DraftColumn *column_, *base_column_;
  QTabWidget* side_;
  QLabel* no_related_;
};

}  // namespace sancho::desktop

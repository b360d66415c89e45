#pragma once

#include <QWidget>

#include "core/assistant.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace sancho::desktop {

class MailFinder;
class MessageBar;

/// All mail of the archive, to search and to read.
class MailboxPage : public QWidget {
  Q_OBJECT
 public:
  /// `assistant` is the window's and must outlive the page.
  explicit MailboxPage(core::Assistant* assistant, QWidget* parent = nullptr);

  void refresh();
  void open(core::MessageKey key);
  void focus_search();

 signals:
  void reply_requested(sancho::core::MessageKey key);

 private:
  QWidget* build_reading_pane();
  void show_mail(core::MessageKey key);

  core::Assistant* assistant_;
  core::MessageKey shown_ = 0;
  MailFinder* finder_;
  MessageBar* problem_;
  QLabel *subject_, *people_, *date_, *attachments_;
  QPlainTextEdit* body_;
  QPushButton* reply_;
};

}  // namespace sancho::desktop

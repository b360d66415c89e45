#pragma once

#include <QDialog>

#include "core/assistant.h"

namespace sancho::desktop {

class MailFinder;

/// Chooses the mail to answer.
class ReplyPicker : public QDialog {
  Q_OBJECT
 public:
  /// `assistant` is the window's and must outlive the dialog.
  explicit ReplyPicker(core::Assistant* assistant, QWidget* parent = nullptr);
  core::MessageKey key() const;

 private:
  MailFinder* finder_;
};

}  // namespace sancho::desktop

#pragma once

#include <QDialog>

#include "app/desktop/theme.h"
#include "app/desktop/worker.h"

class QComboBox;
class QLineEdit;
class QListWidget;
class QPlainTextEdit;
class QSpinBox;
class QTreeWidget;

namespace sancho::desktop {

class MessageBar;

/// Who the user is, how the window looks, how hard the computer works, and whether all is well.
class SettingsDialog : public QDialog {
  Q_OBJECT
 public:
  /// `assistant` is the window's and must outlive the dialog.
  explicit SettingsDialog(core::Assistant* assistant, QWidget* parent = nullptr);

 signals:
  /// Other mail counts as the user's own.
  void identities_changed();
  void theme_chosen(sancho::desktop::Theme::Choice choice);

 public slots:
  void accept() override;

 private:
  QWidget* build_person();
  QWidget* build_computer();
  QWidget* build_health();
  void run_doctor();
  std::vector<std::string> chosen_addresses() const;
  void read_addresses();
  void show_addresses(const std::vector<core::IdentityGuess>& guesses);

  core::Assistant* assistant_;
  Worker worker_, doctor_;
  std::vector<std::string> addresses_before_;
  MessageBar* problem_;
  QLineEdit* name_;
  QPlainTextEdit* me_;
  QListWidget* addresses_;
  QComboBox* theme_;
  QSpinBox* threads_;
  QTreeWidget* checks_;
};

}  // namespace sancho::desktop

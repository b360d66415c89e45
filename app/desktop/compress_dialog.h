#pragma once

#include <QDialog>
#include <QStringList>

#include "core/assistant.h"

class QButtonGroup;
class QComboBox;
class QCheckBox;
class QLineEdit;
class QRadioButton;
class QSpinBox;
class QVBoxLayout;

namespace sancho::desktop {

class MessageBar;

/// What to make of a model: in plain words, or method by method.
class CompressDialog : public QDialog {
  Q_OBJECT
 public:
  /// `folder`: where compressed models go. `own_mails`: how many the user has to calibrate on.
  CompressDialog(const core::ModelEntry& model, std::filesystem::path folder, std::size_t own_mails,
                 QWidget* parent = nullptr);

  /// The new model's name and file.
  QString name() const;
  std::filesystem::path out() const;
  /// The verb of sancho-cli with its arguments.
  QStringList verb() const;

 public slots:
  /// Says what is missing instead, where something is.
  void accept() override;

 private:
  QWidget* build_goals();
  QWidget* build_methods();
  QWidget* build_text();
  void choose_goal();
  void choose_text();
  QString text_problem() const;

  const core::ModelEntry model_;
  const std::filesystem::path folder_;
  const std::size_t own_mails_;
  bool named_ = false;  // by the user

  MessageBar* problem_;
  QButtonGroup* goals_;
  QSpinBox *budget_, *recovery_, *tokens_;
  QWidget* methods_;
  QComboBox *format_, *prune_, *round_;
  QCheckBox* search_;
  QRadioButton *own_mail_, *file_;
  QLineEdit *path_, *name_;
};

}  // namespace sancho::desktop

#pragma once

#include <QFrame>

#include "core/assistant.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace sancho::desktop {

class GroundedEdit;

/// One draft: its subject, its text as it streams in and is edited, and what can be done with it.
class DraftColumn : public QFrame {
  Q_OBJECT
 public:
  explicit DraftColumn(QWidget* parent = nullptr);

  /// Says which model writes here; empty hides it.
  void set_caption(const QString& caption);
  void begin();
  void append(const QString& text);
  void finish(const core::Draft& draft);
  /// After a failure: what is there may be edited.
  void give_up();
  void show_saved(const core::DraftRecord& record);

  /// The draft with the user's edits.
  core::Draft edited() const;
  bool empty() const;
  QString text() const;
  void copy();

 signals:
  void save_eml_requested();
  void save_draft_requested();
  void copied();

 private:
  void set_writing(bool writing);
  void show_facts(int unchecked);

  core::Draft draft_;
  QLabel *caption_, *facts_;
  QLineEdit* subject_;
  GroundedEdit* body_;
  QPushButton *copy_, *save_eml_, *save_draft_;
};

}  // namespace sancho::desktop

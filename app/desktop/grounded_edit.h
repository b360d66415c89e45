#pragma once

#include <QPlainTextEdit>
#include <vector>

#include "core/assistant.h"

namespace sancho::desktop {

/// An editor that underlines the facts of a draft that nobody gave it, until they are edited away.
class GroundedEdit : public QPlainTextEdit {
  Q_OBJECT
 public:
  explicit GroundedEdit(QWidget* parent = nullptr);

  /// Call with the draft's text already in the editor.
  void set_grounding(const std::vector<core::Grounding>& grounding);
  /// How many facts are still to be checked.
  int unchecked() const;

 signals:
  void unchecked_changed(int count);

 protected:
  bool event(QEvent* event) override;

 private:
  struct Fact {
    QTextCursor place;
    QString text;
  };
  void drop_edited_facts();
  void show_facts();

  std::vector<Fact> facts_;
};

}  // namespace sancho::desktop

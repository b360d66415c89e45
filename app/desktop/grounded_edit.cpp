#include "app/desktop/grounded_edit.h"

#include <QHelpEvent>
#include <QToolTip>
#include <algorithm>

#include "app/desktop/text.h"
#include "app/desktop/theme.h"

namespace sancho::desktop {

GroundedEdit::GroundedEdit(QWidget* parent) : QPlainTextEdit(parent) {
  setTabChangesFocus(true);
  connect(this, &QPlainTextEdit::textChanged, this, &GroundedEdit::drop_edited_facts);
  if (Theme::instance())
    connect(Theme::instance(), &Theme::changed, this, &GroundedEdit::show_facts);
}

void GroundedEdit::set_grounding(const std::vector<core::Grounding>& grounding) {
  facts_.clear();
  for (const core::Grounding& piece : grounding) {
    if (piece.source != "none" || piece.text.empty()) continue;
    const QString text = to_qt(piece.text);
    QTextCursor place(document());
    while (!(place = document()->find(text, place, QTextDocument::FindCaseSensitively)).isNull()) {
      const bool known = std::ranges::any_of(facts_, [&](const Fact& fact) {
        return fact.place.selectionStart() == place.selectionStart();
      });
      if (known) continue;
      facts_.push_back({place, text});
      facts_.back().place.setKeepPositionOnInsert(true);
    }
  }
  show_facts();
  emit unchecked_changed(unchecked());
}

int GroundedEdit::unchecked() const {
  return static_cast<int>(facts_.size());
}

void GroundedEdit::drop_edited_facts() {
  const auto dropped =
      std::erase_if(facts_, [](const Fact& f) { return f.place.selectedText() != f.text; });
  if (dropped == 0) return;
  show_facts();
  emit unchecked_changed(unchecked());
}

void GroundedEdit::show_facts() {
  QList<QTextEdit::ExtraSelection> selections;
  for (const Fact& fact : facts_) {
    QTextEdit::ExtraSelection selection;
    selection.cursor = fact.place;
    selection.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
    selection.format.setUnderlineColor(Theme::colours().warning);
    selections.push_back(selection);
  }
  setExtraSelections(selections);
}

bool GroundedEdit::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QPlainTextEdit::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const int position = cursorForPosition(viewport()->mapFrom(this, help->pos())).position();
  const bool on_fact = std::ranges::any_of(facts_, [&](const Fact& fact) {
    return position >= fact.place.selectionStart() && position <= fact.place.selectionEnd();
  });
  if (on_fact)
    QToolTip::showText(help->globalPos(), tr("Not in your instruction or mail: check"), this);
  else
    QToolTip::hideText();
  return true;
}

}  // namespace sancho::desktop

#include "app/desktop/draft_column.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QScrollBar>
#include <QVBoxLayout>

#include "app/desktop/controls.h"
#include "app/desktop/grounded_edit.h"
#include "app/desktop/text.h"

namespace sancho::desktop {

DraftColumn::DraftColumn(QWidget* parent)
    : QFrame(parent),
      caption_(make_label({}, "caption")),
      facts_(make_label({}, "warning")),
      subject_(new QLineEdit),
      body_(new GroundedEdit),
      copy_(make_button("copy", tr("C&opy"), "quiet")),
      save_eml_(make_button("save", tr("Save as .&eml…"), "quiet")),
      save_draft_(make_button("drafts", tr("&Keep"), "quiet")) {
  setProperty("role", "card");
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(14, 12, 14, 8);
  layout->setSpacing(4);
  subject_->setProperty("role", "subject");
  subject_->setPlaceholderText(tr("Subject"));
  subject_->setAccessibleName(tr("Subject"));
  subject_->setObjectName("draft_subject");
  body_->setProperty("role", "plain");
  body_->setPlaceholderText(tr("The draft appears here. You can edit every word of it."));
  body_->setAccessibleName(tr("Draft"));
  body_->setObjectName("draft_body");
  copy_->setToolTip(tr("Copy the draft (Ctrl+Shift+C)"));
  save_eml_->setObjectName("save_eml");
  save_draft_->setObjectName("save_draft");
  auto* actions = new QHBoxLayout;
  actions->setSpacing(2);
  for (QPushButton* button : {copy_, save_eml_, save_draft_}) actions->addWidget(button);
  actions->addStretch();
  layout->addWidget(caption_);
  layout->addWidget(subject_);
  layout->addWidget(body_, 1);
  layout->addWidget(facts_);
  layout->addLayout(actions);
  caption_->hide();
  facts_->hide();
  set_writing(false);

  connect(copy_, &QPushButton::clicked, this, &DraftColumn::copy);
  connect(save_eml_, &QPushButton::clicked, this, &DraftColumn::save_eml_requested);
  connect(save_draft_, &QPushButton::clicked, this, &DraftColumn::save_draft_requested);
  connect(body_, &GroundedEdit::unchecked_changed, this, &DraftColumn::show_facts);
  connect(body_, &QPlainTextEdit::textChanged, this, [this] { set_writing(body_->isReadOnly()); });
}

void DraftColumn::set_caption(const QString& caption) {
  caption_->setText(caption);
  caption_->setVisible(!caption.isEmpty());
}

void DraftColumn::begin() {
  draft_ = {};
  subject_->clear();
  body_->clear();
  body_->set_grounding({});
  set_writing(true);
}

void DraftColumn::append(const QString& text) {
  QTextCursor end(body_->document());
  end.movePosition(QTextCursor::End);
  end.insertText(text);
  body_->verticalScrollBar()->setValue(body_->verticalScrollBar()->maximum());
}

void DraftColumn::finish(const core::Draft& draft) {
  draft_ = draft;
  if (body_->toPlainText() != to_qt(draft.body)) body_->setPlainText(to_qt(draft.body));
  subject_->setText(to_qt(draft.subject));
  subject_->setCursorPosition(0);
  body_->set_grounding(draft.grounding);
  body_->moveCursor(QTextCursor::Start);
  body_->document()->clearUndoRedoStacks();
  set_writing(false);
}

void DraftColumn::give_up() {
  set_writing(false);
}

void DraftColumn::show_saved(const core::DraftRecord& record) {
  core::Draft draft;
  draft.body = record.body;
  draft.subject = record.subject;
  draft.model_version = record.model_version;
  finish(draft);
}

core::Draft DraftColumn::edited() const {
  core::Draft draft = draft_;
  draft.body = body_->toPlainText().toStdString();
  draft.subject = subject_->text().toStdString();
  return draft;
}

bool DraftColumn::empty() const {
  return body_->document()->isEmpty();
}

QString DraftColumn::text() const {
  return body_->toPlainText();
}

void DraftColumn::set_writing(bool writing) {
  body_->setReadOnly(writing);
  const bool usable = !writing && !empty();
  for (QPushButton* button : {copy_, save_eml_, save_draft_}) button->setEnabled(usable);
}

void DraftColumn::show_facts(int unchecked) {
  facts_->setText(
      tr("%n underlined detail(s) came from neither your instruction nor your mail: check them.",
         nullptr, unchecked));
  facts_->setVisible(unchecked > 0);
}

void DraftColumn::copy() {
  QGuiApplication::clipboard()->setText(text());
  emit copied();
}

}  // namespace sancho::desktop

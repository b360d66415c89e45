#include "app/desktop/reply_picker.h"

#include <QDialogButtonBox>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/desktop/controls.h"
#include "app/desktop/mail_finder.h"
#include "app/desktop/message_bar.h"

namespace sancho::desktop {

ReplyPicker::ReplyPicker(core::Assistant* assistant, QWidget* parent)
    : QDialog(parent), finder_(new MailFinder(assistant)) {
  setWindowTitle(tr("Which mail do you answer?"));
  resize(560, 560);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(22, 20, 22, 18);
  layout->setSpacing(12);
  auto* problem = new MessageBar;
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
  QPushButton* choose = buttons->button(QDialogButtonBox::Ok);
  choose->setText(tr("&Answer this mail"));
  choose->setProperty("role", "primary");
  choose->setEnabled(false);
  layout->addWidget(make_label(windowTitle(), "heading"));
  layout->addWidget(problem);
  layout->addWidget(finder_, 1);
  layout->addWidget(buttons);
  connect(finder_, &MailFinder::failed, problem, &MessageBar::show_sentence);
  connect(finder_, &MailFinder::current_changed, choose,
          [choose](core::MessageKey key) { choose->setEnabled(key != 0); });
  connect(finder_, &MailFinder::activated, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  finder_->refresh();
  finder_->focus_search();
}

core::MessageKey ReplyPicker::key() const {
  return finder_->current();
}

}  // namespace sancho::desktop

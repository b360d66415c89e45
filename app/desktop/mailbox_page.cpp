#include "app/desktop/mailbox_page.h"

#include <QPlainTextEdit>
#include <QSplitter>
#include <QVBoxLayout>

#include "app/desktop/controls.h"
#include "app/desktop/mail_finder.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/text.h"

namespace sancho::desktop {

namespace {

constexpr std::size_t kNamesShown = 6;

QString name_of(const core::Address& address) {
  return to_qt(address.name.empty() ? address.address : address.name);
}

QString names_of(const std::vector<core::Address>& addresses) {
  QStringList names;
  for (const core::Address& address : addresses) {
    if (static_cast<std::size_t>(names.size()) == kNamesShown) {
      names << MailboxPage::tr("%n more", nullptr,
                               static_cast<int>(addresses.size() - kNamesShown));
      break;
    }
    names << name_of(address);
  }
  return names.join(QStringLiteral(", "));
}

}  // namespace

MailboxPage::MailboxPage(core::Assistant* assistant, QWidget* parent)
    : QWidget(parent),
      assistant_(assistant),
      finder_(new MailFinder(assistant)),
      problem_(new MessageBar) {
  setObjectName("page");
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(28, 22, 28, 20);
  layout->setSpacing(14);
  layout->addWidget(make_label(tr("Mailbox"), "title"));
  layout->addWidget(problem_);
  auto* splitter = new QSplitter;
  splitter->setHandleWidth(14);
  splitter->setChildrenCollapsible(false);
  splitter->addWidget(finder_);
  splitter->addWidget(build_reading_pane());
  splitter->setStretchFactor(0, 2);
  splitter->setStretchFactor(1, 3);
  splitter->setSizes({360, 500});
  layout->addWidget(splitter, 1);

  connect(finder_, &MailFinder::current_changed, this, &MailboxPage::show_mail);
  connect(finder_, &MailFinder::failed, problem_, &MessageBar::show_sentence);
  connect(finder_, &MailFinder::activated, body_, [this] { body_->setFocus(); });
  connect(reply_, &QPushButton::clicked, this, [this] { emit reply_requested(shown_); });
  show_mail(0);
}

QWidget* MailboxPage::build_reading_pane() {
  auto* card = make_card();
  auto* layout = new QVBoxLayout(card);
  layout->setContentsMargins(22, 18, 22, 18);
  layout->setSpacing(6);
  subject_ = make_label({}, "heading");
  people_ = make_label({}, "plain");
  date_ = make_label({}, "small");
  attachments_ = make_label({}, "small");
  body_ = new QPlainTextEdit;
  body_->setProperty("role", "reading");
  body_->document()->setDocumentMargin(0);
  body_->setReadOnly(true);
  body_->setTabChangesFocus(true);
  body_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  body_->setAccessibleName(tr("Text of the mail"));
  body_->setObjectName("mail_body");
  reply_ = make_button("reply", tr("Reply with Sancho"), "primary");
  reply_->setObjectName("reply_with_sancho");
  reply_->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_R));
  reply_->setToolTip(tr("Draft an answer to this mail (Ctrl+R)"));
  for (QLabel* label : {subject_, people_, date_, attachments_}) {
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(label);
  }
  layout->addSpacing(6);
  layout->addWidget(body_, 1);
  layout->addWidget(reply_, 0, Qt::AlignLeft);
  return card;
}

void MailboxPage::refresh() {
  finder_->refresh();
}

void MailboxPage::open(core::MessageKey key) {
  finder_->select(key);
  if (finder_->current() != key) show_mail(key);
}

void MailboxPage::focus_search() {
  finder_->focus_search();
}

void MailboxPage::show_mail(core::MessageKey key) {
  const auto mail = key != 0 ? assistant_->archive().message(key) : std::nullopt;
  shown_ = mail ? key : 0;
  reply_->setVisible(mail.has_value());
  attachments_->hide();
  if (!mail) {
    subject_->setText(tr("No mail selected"));
    people_->setText(tr("Choose a mail from the list to read it here."));
    date_->clear();
    body_->clear();
    return;
  }
  const core::Message& m = mail->message;
  subject_->setText(m.subject.empty() ? tr("(no subject)") : to_qt(m.subject));
  people_->setText(m.to.empty() ? name_of(m.from)
                                : tr("%1 to %2").arg(name_of(m.from), names_of(m.to)));
  date_->setText(long_date(m.date));
  body_->setPlainText(reflowed(to_qt(m.body)));
  if (m.attachments.empty()) return;
  QStringList names;
  for (const core::Attachment& a : m.attachments)
    names << to_qt(a.filename.empty() ? a.content_type : a.filename);
  attachments_->setText(tr("Attachments: %1").arg(names.join(QStringLiteral(", "))));
  attachments_->show();
}

}  // namespace sancho::desktop

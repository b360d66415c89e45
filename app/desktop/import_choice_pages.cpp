#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QListWidget>
#include <QMimeData>
#include <QStyle>
#include <QVBoxLayout>
#include <algorithm>

#include "app/desktop/controls.h"
#include "app/desktop/import_pages.h"
#include "app/desktop/import_wizard.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/text.h"

namespace sancho::desktop {

namespace {

constexpr std::size_t kSendersShown = 40;

}  // namespace

ChoosePage::ChoosePage()
    : ImportPage(tr("Where is your mail?"),
                 tr("Choose mailbox files (mbox, .eml) or a folder such as a Maildir. The sent "
                    "mail is what "
                    "Sancho learns from; received mail helps it to answer.")),
      drop_(make_card()),
      list_(new QListWidget),
      remove_(make_button("close", tr("&Remove"), "quiet")) {
  setAcceptDrops(true);
  auto* layout = new QVBoxLayout(drop_);
  layout->setContentsMargins(16, 14, 16, 12);
  layout->setSpacing(10);
  auto* files = make_button("mailbox", tr("Choose &files…"));
  auto* folder = make_button("folder", tr("Choose a f&older…"));
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(files);
  buttons->addWidget(folder);
  buttons->addWidget(make_label(tr("or drop them here"), "muted"));
  buttons->addStretch();
  buttons->addWidget(remove_);
  layout->addLayout(buttons);
  list_->setProperty("role", "plain");
  list_->setObjectName("import_paths");
  list_->setAccessibleName(tr("Chosen mailboxes"));
  layout->addWidget(list_, 1);
  body()->addWidget(drop_, 1);

  auto* sample = make_button("play", tr("Try the &sample mailbox"));
  sample->setObjectName("try_sample");
  auto* row = new QHBoxLayout;
  row->addWidget(sample);
  row->addWidget(
      make_label(tr("Invented mail of an invented person, to see how it works."), "muted"), 1);
  body()->addLayout(row);

  connect(files, &QPushButton::clicked, this,
          [this] { add_paths(QFileDialog::getOpenFileNames(this, tr("Choose mailbox files"))); });
  connect(folder, &QPushButton::clicked, this, [this] {
    const QString chosen = QFileDialog::getExistingDirectory(this, tr("Choose a folder with mail"));
    if (!chosen.isEmpty()) add_paths({chosen});
  });
  connect(remove_, &QPushButton::clicked, this, [this] {
    delete list_->takeItem(list_->currentRow());
    remove_->setVisible(list_->count() > 0);
    emit completeChanged();
  });
  connect(sample, &QPushButton::clicked, this, &ChoosePage::try_sample);
  remove_->hide();
}

void ChoosePage::initializePage() {
  show_drop(false);
}

void ChoosePage::add_paths(const QStringList& paths) {
  for (const QString& path : paths) {
    if (!list_->findItems(path, Qt::MatchExactly).isEmpty()) continue;
    const QFileInfo file(path);
    auto* item = new QListWidgetItem(icon(file.isDir() ? "folder" : "mailbox"), path, list_);
    if (file.isFile()) item->setToolTip(QLocale().formattedDataSize(file.size()));
  }
  remove_->setVisible(list_->count() > 0);
  if (list_->currentRow() < 0) list_->setCurrentRow(0);
  emit completeChanged();
}

bool ChoosePage::isComplete() const {
  return list_->count() > 0;
}

bool ChoosePage::validatePage() {
  auto& paths = import_wizard()->paths;
  paths.clear();
  for (int i = 0; i < list_->count(); ++i) paths.push_back(to_path(list_->item(i)->text()));
  return !paths.empty();
}

void ChoosePage::try_sample() {
  list_->clear();
  add_paths({to_qt(core::Assistant::resource_dir() / "sample-mailbox")});
  wizard()->next();
}

void ChoosePage::dragEnterEvent(QDragEnterEvent* event) {
  if (!event->mimeData()->hasUrls()) return;
  event->acceptProposedAction();
  show_drop(true);
}

void ChoosePage::dragLeaveEvent(QDragLeaveEvent*) {
  show_drop(false);
}

void ChoosePage::dropEvent(QDropEvent* event) {
  QStringList paths;
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile()) paths << url.toLocalFile();
  add_paths(paths);
  show_drop(false);
}

void ChoosePage::show_drop(bool on) {
  drop_->setProperty("drop", on);
  drop_->style()->unpolish(drop_);
  drop_->style()->polish(drop_);
}

IdentityPage::IdentityPage()
    : ImportPage(
          tr("Which of these are you?"),
          tr("Tick every address you have written from. Only mail from these addresses teaches "
             "Sancho your voice.")),
      problem_(new MessageBar),
      list_(new QListWidget) {
  list_->setObjectName("identities");
  list_->setAccessibleName(tr("Addresses"));
  body()->addWidget(problem_);
  body()->addWidget(list_, 1);
  connect(list_, &QListWidget::itemChanged, this, [this] {
    confirmed_ = false;
    emit completeChanged();
  });
}

void IdentityPage::initializePage() {
  confirmed_ = false;
  list_->clear();
  const auto& guesses = import_wizard()->report.identities;
  const bool any_confirmed =
      std::ranges::any_of(guesses, [](const core::IdentityGuess& g) { return g.confirmed; });
  for (std::size_t i = 0; i < guesses.size() && i < kSendersShown; ++i) {
    const core::IdentityGuess& guess = guesses[i];
    QString text = to_qt(guess.address.address);
    if (!guess.address.name.empty()) text = tr("%1 <%2>").arg(to_qt(guess.address.name), text);
    text += tr("  ·  %n mail(s)", nullptr, static_cast<int>(guess.sent));
    auto* item = new QListWidgetItem(text, list_);
    item->setData(Qt::UserRole, to_qt(guess.address.address));
    item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
    const bool likely = any_confirmed ? guess.confirmed : i == 0;
    item->setCheckState(likely ? Qt::Checked : Qt::Unchecked);
  }
  list_->setCurrentRow(0);
  list_->setFocus();
  connect(import_wizard(), &ImportWizard::failed, problem_, &MessageBar::show_sentence,
          Qt::UniqueConnection);
}

std::vector<std::string> IdentityPage::chosen() const {
  std::vector<std::string> addresses;
  for (int i = 0; i < list_->count(); ++i)
    if (list_->item(i)->checkState() == Qt::Checked)
      addresses.push_back(list_->item(i)->data(Qt::UserRole).toString().toStdString());
  return addresses;
}

bool IdentityPage::isComplete() const {
  return !chosen().empty();
}

bool IdentityPage::validatePage() {
  if (confirmed_) return true;
  confirmed_ = true;
  import_wizard()->set_identities(chosen());
  return false;
}

}  // namespace sancho::desktop

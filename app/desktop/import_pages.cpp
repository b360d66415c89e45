#include "app/desktop/import_pages.h"

#include <QHBoxLayout>
#include <QProgressBar>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <chrono>

#include "app/desktop/controls.h"
#include "app/desktop/import_wizard.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/text.h"

namespace sancho::desktop {

namespace {

constexpr auto kProgressInterval = std::chrono::milliseconds(100);
constexpr int kBarSteps = 1000;

/// A number over its meaning.
QWidget* figure(QLabel*& number, const QString& meaning) {
  auto* box = new QWidget;
  auto* layout = new QVBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(2);
  number = make_label(QStringLiteral("0"), "number");
  layout->addWidget(number);
  layout->addWidget(make_label(meaning, "muted"));
  return box;
}

}  // namespace

ImportPage::ImportPage(const QString& title, const QString& explanation) : body_(new QVBoxLayout) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(26, 22, 22, 8);
  layout->setSpacing(8);
  layout->addWidget(make_label(title, "title"));
  layout->addWidget(make_label(explanation, "muted"));
  layout->addSpacing(10);
  layout->addLayout(body_, 1);
  body_->setSpacing(12);
}

ImportWizard* ImportPage::import_wizard() const {
  return static_cast<ImportWizard*>(wizard());
}

WelcomePage::WelcomePage()
    : ImportPage(
          tr("Welcome to Sancho"),
          tr("Say in a few words what you want to tell someone; Sancho drafts the mail the way you "
             "would have written it.")) {
  const std::pair<const char*, QString> points[] = {
      {"mailbox",
       tr("It learns from mail you have already sent. Next, choose where that mail lies.")},
      {"check",
       tr("Everything stays on this computer. Sancho never goes online, and your mailbox files "
          "are only read, never changed.")},
      {"write",
       tr("You have the last word: a draft is yours to edit, copy or throw away. Sancho sends "
          "nothing.")}};
  for (const auto& [name, text] : points) {
    auto* row = new QHBoxLayout;
    row->setSpacing(14);
    auto* picture = new QLabel;
    picture->setPixmap(icon(name, IconTone::accent).pixmap(26, 26));
    picture->setFixedWidth(30);
    row->addWidget(picture, 0, Qt::AlignTop);
    row->addWidget(make_label(text, "plain"), 1);
    body()->addLayout(row);
    body()->addSpacing(6);
  }
  body()->addStretch();
}

ProgressPage::ProgressPage()
    : ImportPage(tr("Reading your mail"),
                 tr("You can stop at any time: what has been read is kept, and "
                    "the next import goes on from there.")),
      problem_(new MessageBar),
      file_(make_label({}, "muted")),
      counts_(make_label({}, "heading")),
      bar_(new QProgressBar),
      stop_(make_button("stop", tr("&Stop reading"))),
      again_(make_button("play", tr("&Go on"))) {
  setCommitPage(false);
  bar_->setTextVisible(false);
  bar_->setAccessibleName(tr("Import progress"));
  stop_->setObjectName("stop_import");
  counts_->setObjectName("import_counts");
  body()->addWidget(problem_);
  body()->addWidget(counts_);
  body()->addWidget(bar_);
  body()->addWidget(file_);
  body()->addWidget(stop_, 0, Qt::AlignLeft);
  body()->addWidget(again_, 0, Qt::AlignLeft);
  body()->addStretch();
  connect(stop_, &QPushButton::clicked, this, [this] {
    stop_->setEnabled(false);
    import_wizard()->worker().stop();
  });
  connect(again_, &QPushButton::clicked, this, &ProgressPage::initializePage);
}

void ProgressPage::initializePage() {
  complete_ = false;
  problem_->hide();
  again_->hide();
  stop_->show();
  stop_->setEnabled(true);
  bar_->setRange(0, 0);
  counts_->setText(tr("Looking for mail…"));
  file_->clear();
  import_wizard()->worker().run<core::ImportReport>(
      [this, paths = import_wizard()->paths](core::Assistant& assistant, std::stop_token stop,
                                             const Worker::Post& post) {
        auto shown = std::chrono::steady_clock::time_point();
        const auto on_progress = [&](const core::ImportProgress& progress) {
          const auto now = std::chrono::steady_clock::now();
          if (now - shown < kProgressInterval) return;
          shown = now;
          post([this, progress] { show_progress(progress); });
        };
        return assistant.import(paths, {}, on_progress, stop);
      },
      [this](const core::ImportReport& report) { show_report(report); },
      [this](const QString& sentence) { fail(sentence); });
}

void ProgressPage::cleanupPage() {
  import_wizard()->worker().stop();
}

void ProgressPage::show_progress(const core::ImportProgress& p) {
  if (p.bytes_total > 0) {
    bar_->setRange(0, kBarSteps);
    bar_->setValue(static_cast<int>(static_cast<double>(p.bytes_read) /
                                    static_cast<double>(p.bytes_total) * kBarSteps));
  }
  file_->setText(tr("%1 · %2 of %3")
                     .arg(to_qt(std::filesystem::path(p.file).filename()),
                          QLocale().formattedDataSize(static_cast<qint64>(p.bytes_read)),
                          QLocale().formattedDataSize(static_cast<qint64>(p.bytes_total))));
  QString counts = tr("%1 read, %2 new").arg(count_text(p.read), count_text(p.stored));
  if (p.duplicates > 0) counts += tr(", %1 known already").arg(count_text(p.duplicates));
  if (p.damaged > 0) counts += tr(", %1 damaged").arg(count_text(p.damaged));
  counts_->setText(counts);
}

void ProgressPage::show_report(const core::ImportReport& report) {
  import_wizard()->report = report;
  emit import_wizard()->archive_changed();
  bar_->setRange(0, kBarSteps);
  bar_->setValue(report.cancelled ? bar_->value() : kBarSteps);
  stop_->hide();
  again_->setVisible(report.cancelled);
  counts_->setText(tr("%1 read, %2 new").arg(count_text(report.read), count_text(report.stored)));
  if (report.cancelled) file_->setText(tr("Stopped. Go on, or continue with what has been read."));
  if (report.read == 0 && !report.cancelled)
    file_->setText(tr("There is no mail in what you chose."));
  complete_ = !report.identities.empty();
  emit completeChanged();
  if (complete_ && !report.cancelled && isVisible()) import_wizard()->next();
}

void ProgressPage::fail(const QString& sentence) {
  stop_->hide();
  again_->show();
  bar_->setRange(0, kBarSteps);
  bar_->setValue(0);
  counts_->clear();
  problem_->show_sentence(sentence);
}

SummaryPage::SummaryPage()
    : ImportPage(tr("Your mail is in"),
                 tr("Write a first draft now. For drafts in your own voice, open Train and press "
                    "Fine-tune on my mail: a few minutes are enough.")),
      left_out_(make_label({}, "plain")),
      why_(make_button("options", tr("&What and why"), "quiet")),
      reasons_(new QTreeWidget) {
  auto* card = make_card();
  auto* row = new QHBoxLayout(card);
  row->setContentsMargins(22, 16, 22, 16);
  row->addWidget(figure(read_, tr("mails read")), 1);
  row->addWidget(figure(stored_, tr("new")), 1);
  row->addWidget(figure(own_, tr("written by you")), 1);
  read_->setObjectName("summary_read");
  stored_->setObjectName("summary_stored");
  own_->setObjectName("summary_own");
  body()->addWidget(card);
  body()->addWidget(left_out_);
  why_->setCheckable(true);
  body()->addWidget(why_, 0, Qt::AlignLeft);
  reasons_->setHeaderHidden(true);
  reasons_->setColumnCount(2);
  reasons_->setAccessibleName(tr("Damaged mail and files passed over"));
  reasons_->hide();
  body()->addWidget(reasons_, 1);
  body()->addStretch();
  connect(why_, &QPushButton::toggled, this, [this](bool open) {
    reasons_->setVisible(open);
    why_->setIcon(icon(open ? "options-open" : "options"));
  });
}

void SummaryPage::initializePage() {
  const core::ImportReport& r = import_wizard()->report;
  read_->setText(count_text(r.read));
  stored_->setText(count_text(r.stored));
  own_->setText(count_text(import_wizard()->own_count));
  QStringList left_out;
  const auto tell = [&](std::size_t n, const QString& sentence) {
    if (n > 0) left_out << sentence;
  };
  tell(r.duplicates,
       tr("%n mail(s) had been imported before.", nullptr, static_cast<int>(r.duplicates)));
  tell(r.damaged, tr("%n damaged mail(s) were kept as far as they could be read.", nullptr,
                     static_cast<int>(r.damaged)));
  tell(r.passed_over.size(),
       tr("%n file(s) held no mail.", nullptr, static_cast<int>(r.passed_over.size())));
  left_out_->setText(left_out.join(' '));
  reasons_->clear();
  const auto group = [&](const QString& title) {
    auto* item = new QTreeWidgetItem(reasons_, {title});
    item->setFirstColumnSpanned(true);
    return item;
  };
  if (!r.damage.empty()) {
    auto* damaged = group(tr("Damaged"));
    for (const auto& damage : r.damage)
      new QTreeWidgetItem(damaged, {tr("%1 at byte %2")
                                        .arg(to_qt(std::filesystem::path(damage.file).filename()))
                                        .arg(damage.offset),
                                    to_qt(damage.what)});
  }
  if (!r.passed_over.empty()) {
    auto* passed = group(tr("Passed over"));
    for (const auto& [file, reason] : r.passed_over)
      new QTreeWidgetItem(passed, {to_qt(std::filesystem::path(file).filename()), to_qt(reason)});
  }
  reasons_->expandAll();
  reasons_->resizeColumnToContents(0);
  why_->setVisible(reasons_->topLevelItemCount() > 0);
}

}  // namespace sancho::desktop

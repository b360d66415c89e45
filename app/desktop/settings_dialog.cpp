#include "app/desktop/settings_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QThread>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "app/desktop/cli_process.h"
#include "app/desktop/controls.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/text.h"

namespace sancho::desktop {

SettingsDialog::SettingsDialog(core::Assistant* assistant, QWidget* parent)
    : QDialog(parent),
      assistant_(assistant),
      worker_(assistant->profile(), Worker::Order::every),
      doctor_(assistant->profile()),
      problem_(new MessageBar) {
  setWindowTitle(tr("Settings"));
  resize(600, 520);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(20, 16, 20, 16);
  layout->setSpacing(12);
  auto* tabs = new QTabWidget;
  tabs->addTab(build_person(), tr("&You"));
  tabs->addTab(build_computer(), tr("&Window and computer"));
  tabs->addTab(build_health(), tr("&Health"));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
  buttons->button(QDialogButtonBox::Ok)->setProperty("role", "primary");
  buttons->button(QDialogButtonBox::Ok)->setText(tr("&Save"));
  layout->addWidget(problem_);
  layout->addWidget(tabs, 1);
  layout->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::accepted, this, &SettingsDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  read_addresses();
  run_doctor();
}

QWidget* SettingsDialog::build_person() {
  auto* page = new QWidget;
  auto* layout = new QVBoxLayout(page);
  layout->setContentsMargins(4, 14, 4, 4);
  layout->setSpacing(8);
  name_ = new QLineEdit(to_qt(assistant_->archive().setting(core::setting_display_name)));
  name_->setObjectName("display_name");
  name_->setAccessibleName(tr("Your name"));
  name_->setPlaceholderText(tr("Your name as you sign; empty: as in your mail"));
  me_ = new QPlainTextEdit(to_qt(assistant_->archive().setting(core::setting_about_me)));
  me_->setObjectName("me");
  me_->setAccessibleName(tr("Who you are"));
  me_->setPlaceholderText(tr("Name, role, company, telephone: facts a mail of yours may need."));
  me_->setTabChangesFocus(true);
  me_->setMaximumHeight(6 * me_->fontMetrics().lineSpacing());
  addresses_ = new QListWidget;
  addresses_->setAccessibleName(tr("Your addresses"));
  layout->addWidget(make_label(tr("Who you are"), "heading"));
  layout->addWidget(make_label(tr("Sancho reads this before every draft."), "muted"));
  layout->addWidget(name_);
  layout->addWidget(me_);
  layout->addSpacing(8);
  layout->addWidget(make_label(tr("Your addresses"), "heading"));
  layout->addWidget(addresses_, 1);
  return page;
}

QWidget* SettingsDialog::build_computer() {
  auto* page = new QWidget;
  auto* layout = new QFormLayout(page);
  layout->setContentsMargins(4, 18, 4, 4);
  layout->setVerticalSpacing(16);
  layout->setHorizontalSpacing(18);
  theme_ = new QComboBox;
  theme_->setObjectName("theme");
  theme_->addItem(tr("As the system"), QVariant::fromValue(Theme::Choice::system));
  theme_->addItem(tr("Light"), QVariant::fromValue(Theme::Choice::light));
  theme_->addItem(tr("Dark"), QVariant::fromValue(Theme::Choice::dark));
  if (Theme::instance())
    theme_->setCurrentIndex(theme_->findData(QVariant::fromValue(Theme::instance()->choice())));
  threads_ = new QSpinBox;
  threads_->setRange(0, std::max(1, QThread::idealThreadCount()));
  threads_->setSpecialValueText(tr("All"));
  threads_->setValue(to_qt(assistant_->archive().setting(kJobThreads, "0")).toInt());
  auto* place = new QLabel(to_qt(assistant_->profile()));
  place->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  place->setWordWrap(true);
  layout->addRow(tr("&Appearance"), theme_);
  layout->addRow(tr("&Processor cores for training"), threads_);
  layout->addRow(tr("Everything is kept in"), place);
  return page;
}

QWidget* SettingsDialog::build_health() {
  auto* page = new QWidget;
  auto* layout = new QVBoxLayout(page);
  layout->setContentsMargins(4, 14, 4, 4);
  layout->setSpacing(10);
  checks_ = new QTreeWidget;
  checks_->setObjectName("doctor");
  checks_->setAccessibleName(tr("Checks"));
  checks_->setColumnCount(2);
  checks_->setHeaderHidden(true);
  checks_->setRootIsDecorated(false);
  checks_->setWordWrap(true);
  auto* again = make_button("check", tr("Check a&gain"));
  layout->addWidget(make_label(tr("Sancho looks after its files and this computer."), "muted"));
  layout->addWidget(checks_, 1);
  layout->addWidget(again, 0, Qt::AlignLeft);
  connect(again, &QPushButton::clicked, this, &SettingsDialog::run_doctor);
  return page;
}

void SettingsDialog::run_doctor() {
  checks_->clear();
  new QTreeWidgetItem(checks_, {tr("Checking…")});
  doctor_.run<std::vector<core::Check>>(
      [](core::Assistant& assistant, std::stop_token, const Worker::Post&) {
        return assistant.doctor();
      },
      [this](const std::vector<core::Check>& checks) {
        checks_->clear();
        for (const core::Check& check : checks) {
          auto* item = new QTreeWidgetItem(checks_, {to_qt(check.name), to_qt(check.detail)});
          item->setIcon(
              0, check.ok ? icon("check", IconTone::accent) : icon("warning", IconTone::warning));
          item->setToolTip(1, to_qt(check.detail));
        }
        checks_->resizeColumnToContents(0);
      },
      [this](const QString& sentence) {
        checks_->clear();
        problem_->show_sentence(sentence);
      });
}

std::vector<std::string> SettingsDialog::chosen_addresses() const {
  std::vector<std::string> chosen;
  for (int i = 0; i < addresses_->count(); ++i)
    if (addresses_->item(i)->checkState() == Qt::Checked)
      chosen.push_back(addresses_->item(i)->text().toStdString());
  return chosen;
}

void SettingsDialog::accept() {
  setEnabled(false);
  const std::vector<std::string> addresses = chosen_addresses();
  const bool other_addresses = addresses != addresses_before_;
  worker_.run<bool>(
      [name = name_->text().simplified().toStdString(),
       me = me_->toPlainText().trimmed().toStdString(), threads = std::to_string(threads_->value()),
       addresses,
       other_addresses](core::Assistant& assistant, std::stop_token, const Worker::Post&) {
        core::Archive& archive = assistant.archive();
        archive.set_setting(core::setting_display_name, name);
        archive.set_setting(core::setting_about_me, me);
        archive.set_setting(kJobThreads, threads);
        if (other_addresses) archive.set_identities(addresses);
        return true;
      },
      [this, other_addresses](bool) {
        emit theme_chosen(theme_->currentData().value<Theme::Choice>());
        if (other_addresses) emit identities_changed();
        QDialog::accept();
      },
      [this](const QString& sentence) {
        setEnabled(true);
        problem_->show_sentence(sentence);
      });
}

void SettingsDialog::read_addresses() {
  worker_.run<std::vector<core::IdentityGuess>>(
      [](core::Assistant& assistant, std::stop_token, const Worker::Post&) {
        return assistant.archive().identities();
      },
      [this](const std::vector<core::IdentityGuess>& guesses) { show_addresses(guesses); },
      [this](const QString& sentence) { problem_->show_sentence(sentence); });
}

void SettingsDialog::show_addresses(const std::vector<core::IdentityGuess>& guesses) {
  for (const core::IdentityGuess& guess : guesses) {
    auto* item = new QListWidgetItem(to_qt(guess.address.address), addresses_);
    item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
    item->setCheckState(guess.confirmed ? Qt::Checked : Qt::Unchecked);
    item->setToolTip(tr("%n mail(s)", nullptr, static_cast<int>(guess.sent)));
  }
  addresses_before_ = chosen_addresses();
}

}  // namespace sancho::desktop

#include "app/desktop/main_window.h"

#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QStackedWidget>
#include <QStatusBar>
#include <algorithm>

#include "app/desktop/controls.h"
#include "app/desktop/import_wizard.h"
#include "app/desktop/mailbox_page.h"
#include "app/desktop/models_page.h"
#include "app/desktop/settings_dialog.h"
#include "app/desktop/text.h"
#include "app/desktop/train_page.h"
#include "app/desktop/write_page.h"

namespace sancho::desktop {

namespace {

/// A side-bar button that stands for an action.
QPushButton* action_button(QAction* action) {
  auto* button = new QPushButton(action->icon(), action->text());
  button->setFlat(true);
  button->setIconSize(QSize(20, 20));
  button->setCheckable(action->isCheckable());
  button->setChecked(action->isChecked());
  button->setToolTip(QStringLiteral("%1 (%2)").arg(
      QString(action->text()).remove('&'), action->shortcut().toString(QKeySequence::NativeText)));
  QObject::connect(button, &QPushButton::clicked, action, &QAction::trigger);
  QObject::connect(button, &QPushButton::clicked, button,
                   [button, action] { button->setChecked(action->isChecked()); });
  QObject::connect(action, &QAction::toggled, button, &QPushButton::setChecked);
  return button;
}

}  // namespace

MainWindow::MainWindow(std::unique_ptr<core::Assistant> assistant, const QString& program)
    : assistant_(std::move(assistant)),
      settings_(assistant_->profile()),
      indexer_(assistant_->profile()),
      places_(new QActionGroup(this)),
      pages_(new QStackedWidget),
      write_(new WritePage(assistant_.get())),
      train_(new TrainPage(assistant_.get(), program)),
      mailbox_(new MailboxPage(assistant_.get())),
      models_(new ModelsPage(assistant_.get(), program)),
      activity_(new QLabel),
      model_(new QLabel) {
  setWindowTitle(QStringLiteral("Sancho"));
  setMinimumSize(860, 560);
  resize(1100, 720);
  if (!settings_.geometry().isEmpty()) restoreGeometry(settings_.geometry());
  for (QWidget* page : {static_cast<QWidget*>(write_), static_cast<QWidget*>(train_),
                        static_cast<QWidget*>(mailbox_), static_cast<QWidget*>(models_)})
    pages_->addWidget(page);
  build_actions();
  build_menus();
  build_status();
  auto* content = new QWidget;
  auto* layout = new QHBoxLayout(content);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(build_sidebar());
  layout->addWidget(pages_, 1);
  setCentralWidget(content);

  connect(write_, &WritePage::open_mail_requested, this, &MainWindow::open_mail);
  connect(write_, &WritePage::status_message, model_, &QLabel::setText);
  connect(train_, &TrainPage::status_message, activity_, &QLabel::setText);
  connect(train_, &TrainPage::model_changed, write_, &WritePage::model_changed);
  connect(train_, &TrainPage::model_changed, models_, &ModelsPage::refresh);
  connect(models_, &ModelsPage::status_message, activity_, &QLabel::setText);
  connect(models_, &ModelsPage::model_changed, write_, &WritePage::model_changed);
  connect(models_, &ModelsPage::model_changed, train_, &TrainPage::refresh);
  const auto close_when_done = [this] {
    if (closing_ && !jobs_run()) close();
  };
  connect(train_, &TrainPage::training_changed, this, close_when_done);
  connect(models_, &ModelsPage::compressing_changed, this, close_when_done);
  connect(mailbox_, &MailboxPage::reply_requested, this, [this](core::MessageKey key) {
    go(kWrite);
    write_->answer(key);
  });
  write_->refresh();
  mailbox_->refresh();
  train_->refresh();
  models_->refresh();
  go(kWrite);
}

MainWindow::~MainWindow() {
  // The pages use the Assistant, which members' order would destroy before the widgets.
  delete takeCentralWidget();
}

void MainWindow::build_actions() {
  const auto action = [this](const QString& icon_name, const QString& text,
                             const QKeySequence& keys) {
    auto* made = new QAction(icon(icon_name), text, this);
    made->setShortcut(keys);
    addAction(made);
    return made;
  };
  const std::tuple<const char*, QString, QString> places[] = {{"write", tr("&Write"), "Ctrl+1"},
                                                              {"train", tr("&Train"), "Ctrl+2"},
                                                              {"mailbox", tr("Mail&box"), "Ctrl+3"},
                                                              {"models", tr("M&odels"), "Ctrl+4"}};
  for (const auto& [icon_name, text, keys] : places) {
    QAction* place = action(icon_name, text, QKeySequence(keys));
    place->setCheckable(true);
    places_->addAction(place);
    connect(place, &QAction::triggered, this,
            [this, place] { go(static_cast<Place>(places_->actions().indexOf(place))); });
  }
  import_ = action("import", tr("&Import mail…"), QKeySequence("Ctrl+I"));
  preferences_ = action("settings", tr("&Settings…"), QKeySequence("Ctrl+,"));
  preferences_->setMenuRole(QAction::PreferencesRole);
  draft_ = action("write", tr("&Draft or stop"), QKeySequence("Ctrl+Return"));
  draft_->setShortcuts({QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")});
  copy_ = action("copy", tr("&Copy the draft"), QKeySequence("Ctrl+Shift+C"));
  find_ = action("search", tr("&Find mail"), QKeySequence::Find);
  quit_ = action({}, tr("&Quit"), QKeySequence::Quit);
  about_ = action("info", tr("&About Sancho"), {});
  connect(import_, &QAction::triggered, this, &MainWindow::import_mail);
  connect(preferences_, &QAction::triggered, this, &MainWindow::open_settings);
  connect(draft_, &QAction::triggered, this, [this] {
    go(kWrite);
    write_->start_or_stop();
  });
  connect(copy_, &QAction::triggered, write_, &WritePage::copy_draft);
  connect(find_, &QAction::triggered, this, [this] {
    go(kMailbox);
    mailbox_->focus_search();
  });
  connect(quit_, &QAction::triggered, this, &QWidget::close);
  connect(about_, &QAction::triggered, this, &MainWindow::about);
}

QWidget* MainWindow::build_sidebar() {
  auto* bar = new QWidget;
  bar->setObjectName("sidebar");
  bar->setAttribute(Qt::WA_StyledBackground);
  bar->setFixedWidth(176);
  auto* layout = new QVBoxLayout(bar);
  layout->setContentsMargins(12, 18, 12, 14);
  layout->setSpacing(4);
  auto* brand = new QHBoxLayout;
  auto* picture = new QLabel;
  picture->setPixmap(QIcon(QStringLiteral(":/icons/sancho.svg")).pixmap(28, 28));
  auto* name = new QLabel(QStringLiteral("Sancho"));
  name->setObjectName("brand");
  brand->setContentsMargins(8, 0, 0, 12);
  brand->setSpacing(10);
  brand->addWidget(picture);
  brand->addWidget(name, 1);
  layout->addLayout(brand);
  for (QAction* place : places_->actions()) layout->addWidget(action_button(place));
  layout->addStretch();
  layout->addWidget(action_button(import_));
  layout->addWidget(action_button(preferences_));
  return bar;
}

void MainWindow::build_menus() {
  QMenu* file = menuBar()->addMenu(tr("&File"));
  file->addAction(import_);
  file->addSeparator();
  file->addAction(preferences_);
  file->addSeparator();
  file->addAction(quit_);
  QMenu* draft = menuBar()->addMenu(tr("D&raft"));
  draft->addAction(draft_);
  draft->addAction(copy_);
  QMenu* go_to = menuBar()->addMenu(tr("&Go"));
  go_to->addActions(places_->actions());
  go_to->addSeparator();
  go_to->addAction(find_);
  QMenu* help = menuBar()->addMenu(tr("&Help"));
  help->addAction(about_);
}

void MainWindow::build_status() {
  statusBar()->setSizeGripEnabled(false);
  statusBar()->addWidget(activity_, 1);
  statusBar()->addPermanentWidget(model_);
  activity_->setObjectName("activity");
}

void MainWindow::go(Place place) {
  places_->actions().at(place)->setChecked(true);
  pages_->setCurrentIndex(place);
}

void MainWindow::open_mail(core::MessageKey key) {
  go(kMailbox);
  mailbox_->open(key);
}

bool MainWindow::has_mail() const {
  return !assistant_->archive().list({}, false, 1, 0).empty();
}

void MainWindow::welcome() {
  if (!has_mail())
    open_wizard(true);
  else
    update_index();
}

void MainWindow::import_mail() {
  open_wizard(!has_mail());
}

void MainWindow::open_wizard(bool first_time) {
  auto* wizard = new ImportWizard(assistant_->profile(), first_time, this);
  wizard->setAttribute(Qt::WA_DeleteOnClose);
  wizard->setWindowModality(Qt::WindowModal);
  connect(wizard, &ImportWizard::archive_changed, this, &MainWindow::reload);
  connect(wizard, &QDialog::finished, this, [this] {
    reload();
    update_index();
  });
  wizard->open();
}

void MainWindow::reload() {
  mailbox_->refresh();
  train_->refresh();
  models_->refresh();
  write_->refresh();
}

void MainWindow::update_index() {
  indexer_.run<bool>(
      [this](core::Assistant& assistant, std::stop_token stop, const Worker::Post& post) {
        int shown = -1;
        assistant.update_index(
            [&](std::size_t done, std::size_t total) {
              const int percent = total == 0 ? 100 : static_cast<int>(100 * done / total);
              if (percent == shown) return;
              shown = percent;
              post([this, percent] {
                activity_->setText(tr("Learning what your mail is about: %1 %").arg(percent));
              });
            },
            stop);
        return true;
      },
      [this](bool) { activity_->clear(); },
      [this](const QString& sentence) { activity_->setText(sentence); });
}

void MainWindow::open_settings() {
  SettingsDialog dialog(assistant_.get(), this);
  connect(&dialog, &SettingsDialog::identities_changed, this, &MainWindow::reload);
  connect(&dialog, &SettingsDialog::theme_chosen, this, &MainWindow::choose_theme);
  dialog.exec();
}

void MainWindow::choose_theme(Theme::Choice choice) {
  settings_.set_theme(choice);
  if (Theme::instance() && Theme::instance()->choice() != choice) Theme::instance()->choose(choice);
}

void MainWindow::about() {
  QMessageBox::about(
      this, tr("About Sancho"),
      tr("<h3>Sancho %1</h3><p>Drafts mail in your own voice, on your own computer.</p>"
         "<p>GPL-3.0-or-later</p>")
          .arg(QApplication::applicationVersion()));
}

bool MainWindow::jobs_run() const {
  return train_->training() || models_->compressing();
}

void MainWindow::closeEvent(QCloseEvent* event) {
  settings_.set_geometry(saveGeometry());
  if (!jobs_run()) return event->accept();
  event->ignore();
  if (closing_) return;
  const auto answer = QMessageBox::question(
      this, train_->training() ? tr("Training is running") : tr("A compression is running"),
      tr("Pause it and quit? It can be resumed next time from where it stands."));
  if (answer != QMessageBox::Yes) return;
  closing_ = true;
  if (train_->training()) train_->pause();
  if (models_->compressing()) models_->pause();
}

}  // namespace sancho::desktop

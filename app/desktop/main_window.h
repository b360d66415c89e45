#pragma once

#include <QMainWindow>
#include <memory>

#include "app/desktop/theme.h"
#include "app/desktop/window_settings.h"
#include "app/desktop/worker.h"

class QActionGroup;
class QLabel;
class QStackedWidget;

namespace sancho::desktop {

class ImportWizard;
class MailboxPage;
class ModelsPage;
class TrainPage;
class WritePage;

/// The window: a side bar with three places, menus that share its actions, and a status line.
class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  enum Place { kWrite, kTrain, kMailbox, kModels };

  /// `program` as in CliProcess.
  explicit MainWindow(std::unique_ptr<core::Assistant> assistant, const QString& program = {});
  ~MainWindow() override;

  /// Opens the import wizard where there is no mail yet.
  void welcome();
  void go(Place place);
  void open_mail(core::MessageKey key);
  /// Shows what is in the archive now.
  void reload();
  core::Assistant& assistant() { return *assistant_; }

 public slots:
  void import_mail();
  void open_settings();

 protected:
  void closeEvent(QCloseEvent* event) override;

 private:
  void build_actions();
  QWidget* build_sidebar();
  void build_menus();
  void build_status();
  void open_wizard(bool first_time);
  void update_index();
  bool has_mail() const;
  bool jobs_run() const;
  void choose_theme(Theme::Choice choice);
  void about();

  std::unique_ptr<core::Assistant> assistant_;
  WindowSettings settings_;
  Worker indexer_;
  bool closing_ = false;

  QActionGroup* places_;
  QAction *import_, *preferences_, *draft_, *copy_, *find_, *quit_, *about_;
  QStackedWidget* pages_;
  WritePage* write_;
  TrainPage* train_;
  MailboxPage* mailbox_;
  ModelsPage* models_;
  QLabel *activity_, *model_;
};

}  // namespace sancho::desktop

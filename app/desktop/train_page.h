#pragma once

#include <QWidget>

#include "app/desktop/cli_process.h"
#include "app/desktop/worker.h"

class QLabel;
class QListView;
class QPushButton;

namespace sancho::desktop {

class JobBar;
class LossChart;
class MessageBar;
class VersionListModel;

/// Where the personal model is made, watched, and chosen.
class TrainPage : public QWidget {
  Q_OBJECT
 public:
  /// `assistant` is the window's and must outlive the page; `program` as in CliProcess.
  explicit TrainPage(core::Assistant* assistant, QString program = {}, QWidget* parent = nullptr);

  /// Reads counts and versions again; counting the usable mails goes on in the background.
  void refresh();
  bool training() const { return process_.running(); }
  void pause() { process_.pause(); }

 signals:
  /// Another model writes from now on.
  void model_changed();
  void training_changed(bool running);
  void status_message(const QString& text);

 private:
  void build();
  QWidget* build_counts();
  QWidget* build_training();
  QWidget* build_versions();
  void count_usable();
  void start(bool resume, bool on_battery = false);
  void ask_cancel();
  void show_status(const core::TrainStatus& status);
  void show_result(const core::TrainResult& result);
  void show_stopped(const QString& sentence);
  void show_running(bool running);
  void activate_selected();
  void show_selected();
  void refresh_versions();

  core::Assistant* assistant_;
  Worker worker_, chores_;
  CliProcess process_;
  VersionListModel* versions_;
  std::int64_t counted_generation_ = -1;

  MessageBar* problem_;
  QLabel *own_count_, *usable_count_, *heldout_count_, *result_, *hint_, *version_facts_;
  LossChart* chart_;
  QPushButton *start_, *activate_, *on_battery_;
  bool going_on_ = false;  // on battery, once the child has saved where it stands
  JobBar* job_;
  QListView* version_view_;
};

}  // namespace sancho::desktop

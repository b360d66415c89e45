#pragma once

#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace sancho::desktop {

/// Buttons, bar and words of a long job that can be paused and resumed.
class JobBar : public QWidget {
  Q_OBJECT
 public:
  /// `name` is the last part of the buttons' object names ("pause_NAME"). `start`, where there is
  /// one, stands before the others and is shown while nothing runs.
  explicit JobBar(const QString& name, QPushButton* start = nullptr, QWidget* parent = nullptr);

  /// `abandonable`: what waits to be resumed can be cancelled, too.
  void show_state(bool running, bool resumable, bool abandonable = false);
  /// `total` 0: it is not known how far it is.
  void show_progress(std::size_t step, std::size_t total, const QString& words);

 signals:
  void resume_requested();
  void pause_requested();
  void cancel_requested();

 private:
  QPushButton *start_, *resume_, *pause_, *cancel_;
  QProgressBar* progress_;
  QLabel* words_;
};

}  // namespace sancho::desktop

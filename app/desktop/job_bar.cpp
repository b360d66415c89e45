#include "app/desktop/job_bar.h"

#include <QHBoxLayout>
#include <QProgressBar>
#include <QVBoxLayout>

#include "app/desktop/controls.h"

namespace sancho::desktop {

JobBar::JobBar(const QString& name, QPushButton* start, QWidget* parent)
    : QWidget(parent),
      start_(start),
      resume_(make_button("play", tr("R&esume"))),
      pause_(make_button("pause", tr("&Pause"))),
      cancel_(make_button("close", tr("&Cancel"))),
      progress_(new QProgressBar),
      words_(make_label({}, "small")) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(10);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(8);
  if (start_) buttons->addWidget(start_);
  for (auto [button, verb] : {std::pair(resume_, "resume_"), std::pair(pause_, "pause_"),
                              std::pair(cancel_, "cancel_")}) {
    button->setObjectName(QLatin1String(verb) + name);
    buttons->addWidget(button);
  }
  buttons->addStretch();
  layout->addLayout(buttons);
  progress_->setTextVisible(false);
  progress_->setAccessibleName(tr("Progress"));
  words_->setObjectName(name + QLatin1String("_phase"));
  layout->addWidget(progress_);
  layout->addWidget(words_);

  connect(resume_, &QPushButton::clicked, this, &JobBar::resume_requested);
  connect(cancel_, &QPushButton::clicked, this, &JobBar::cancel_requested);
  connect(pause_, &QPushButton::clicked, this, [this] {
    pause_->setEnabled(false);
    words_->setText(tr("Saving where it stands…"));
    emit pause_requested();
  });
  show_state(false, false);
}

void JobBar::show_state(bool running, bool resumable, bool abandonable) {
  if (start_) start_->setVisible(!running);
  resume_->setVisible(!running && resumable);
  pause_->setVisible(running);
  pause_->setEnabled(running);
  cancel_->setVisible(running || (resumable && abandonable));
  progress_->setVisible(running);
  words_->setVisible(running);
  progress_->setRange(0, running ? 0 : 1);
  if (running) words_->setText(tr("Getting ready…"));
}

void JobBar::show_progress(std::size_t step, std::size_t total, const QString& words) {
  progress_->setRange(0, static_cast<int>(total));
  progress_->setValue(static_cast<int>(step));
  if (pause_->isEnabled()) words_->setText(words);
}

}  // namespace sancho::desktop

#include "app/desktop/train_page.h"

#include <QHBoxLayout>
#include <QListView>
#include <QMessageBox>
#include <QVBoxLayout>
#include <cmath>

#include "app/desktop/controls.h"
#include "app/desktop/job_bar.h"
#include "app/desktop/loss_chart.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/model_words.h"
#include "app/desktop/text.h"
#include "app/desktop/train_messages.h"
#include "app/desktop/version_list_model.h"

namespace sancho::desktop {

namespace {

QString phase_name(const std::string& phase) {
  if (phase == "playback") return TrainPage::tr("Reading your mail");
  if (phase == "retrieval") return TrainPage::tr("Finding related mail");
  if (phase == "training") return TrainPage::tr("Learning");
  if (phase == "saving") return TrainPage::tr("Saving");
  return to_qt(phase);
}

QString result_in_words(const core::TrainResult& r) {
  const QString numbers = TrainPage::tr("held-out perplexity %1 → %2")
                              .arg(QLocale().toString(r.heldout_ppl_before, 'f', 1),
                                   QLocale().toString(r.heldout_ppl_after, 'f', 1));
  if (r.heldout_ppl_before <= 0 || r.heldout_ppl_after >= r.heldout_ppl_before)
    return TrainPage::tr(
               "Done, but the new model predicts mail of yours that it has not seen no "
               "better than before (%1). The version in use can be changed below.")
        .arg(numbers);
  const int percent =
      static_cast<int>(std::lround(100 * (1 - r.heldout_ppl_after / r.heldout_ppl_before)));
  return TrainPage::tr(
             "Done. Mail of yours that it has not seen surprises Sancho %1 % less than "
             "before (%2). New drafts use this model.")
      .arg(percent)
      .arg(numbers);
}

/// What a version was made from and what that took.
QString report_in_words(const core::PersonalVersion& v) {
  QStringList facts{TrainPage::tr("%1 mails, %2 steps in %3")
                        .arg(count_text(v.pairs), count_text(v.steps), span_text(v.seconds))};
  if (v.tokens_per_second > 0)
    facts << TrainPage::tr("%1 tokens/s").arg(QLocale().toString(v.tokens_per_second, 'f', 0));
  if (v.peak_memory > 0)
    facts << TrainPage::tr("at most %1 of memory").arg(size_text(v.peak_memory));
  return facts.join(TrainPage::tr(" · "));
}

QWidget* number_card(QLabel*& number, const QString& text) {
  auto* card = make_card();
  auto* layout = new QVBoxLayout(card);
  layout->setContentsMargins(18, 12, 18, 12);
  layout->setSpacing(2);
  number = make_label(QStringLiteral("–"), "number");
  layout->addWidget(number);
  layout->addWidget(make_label(text, "muted"));
  return card;
}

}  // namespace

TrainPage::TrainPage(core::Assistant* assistant, QString program, QWidget* parent)
    : QWidget(parent),
      assistant_(assistant),
      worker_(assistant->profile()),
      chores_(assistant->profile(), Worker::Order::every),
      process_(assistant->profile(), std::move(program)),
      versions_(new VersionListModel(this)) {
  setObjectName("page");
  build();
  connect(&process_, &CliProcess::progressed, this,
          [this](const QJsonObject& json) { show_status(train_status(json)); });
  connect(&process_, &CliProcess::finished, this,
          [this](const QJsonObject& json) { show_result(train_result(json)); });
  connect(&process_, &CliProcess::paused, this, [this] {
    if (std::exchange(going_on_, false)) return start(true, true);
    show_stopped(tr("Paused. Resume whenever you like, even after a restart."));
  });
  connect(&process_, &CliProcess::cancelled, this,
          [this] { show_stopped(tr("Cancelled. The model in use has not changed.")); });
  connect(&process_, &CliProcess::failed, this, [this](const QString& sentence) {
    show_stopped({});
    problem_->show_sentence(sentence);
  });
}

void TrainPage::build() {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(28, 22, 28, 20);
  layout->setSpacing(14);
  layout->addWidget(make_label(tr("Train"), "title"));
  layout->addWidget(
      make_label(tr("Sancho reads the mail you wrote and learns your way of writing. It happens on "
                    "this computer "
                    "only, takes a few minutes, and you can go on working meanwhile."),
                 "muted"));
  problem_ = new MessageBar;
  layout->addWidget(problem_);
  layout->addWidget(build_counts());
  auto* lower = new QHBoxLayout;
  lower->setSpacing(14);
  lower->addWidget(build_training(), 5);
  lower->addWidget(build_versions(), 3);
  layout->addLayout(lower, 1);
  show_running(false);
}

QWidget* TrainPage::build_counts() {
  auto* row = new QWidget;
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(14);
  layout->addWidget(number_card(own_count_, tr("mails written by you")), 1);
  layout->addWidget(number_card(usable_count_, tr("usable for training")), 1);
  layout->addWidget(number_card(heldout_count_, tr("kept aside to measure")), 1);
  return row;
}

QWidget* TrainPage::build_training() {
  auto* card = make_card();
  auto* layout = new QVBoxLayout(card);
  layout->setContentsMargins(18, 16, 18, 16);
  layout->setSpacing(10);

  start_ = make_button("train", tr("Fi&ne-tune on my mail"), "primary");
  start_->setObjectName("start_training");
  job_ = new JobBar("training", start_);
  layout->addWidget(job_);
  on_battery_ = make_button("train", tr("Train on battery an&yway"));
  on_battery_->setObjectName("train_on_battery");
  on_battery_->hide();
  layout->addWidget(on_battery_, 0, Qt::AlignLeft);
  result_ = make_label({}, "result");
  result_->setObjectName("training_result");
  layout->addWidget(result_);
  chart_ = new LossChart;
  chart_->setMinimumHeight(180);
  layout->addWidget(chart_, 1);
  hint_ = make_label(tr("The learning curve appears here: it falls while Sancho gets used to your "
                        "words."),
                     "muted");
  layout->addWidget(hint_);
  layout->addStretch();
  result_->hide();
  chart_->hide();

  connect(start_, &QPushButton::clicked, this, [this] { start(false); });
  connect(job_, &JobBar::resume_requested, this, [this] { start(true); });
  connect(job_, &JobBar::pause_requested, &process_, &CliProcess::pause);
  connect(job_, &JobBar::cancel_requested, this, &TrainPage::ask_cancel);
  connect(on_battery_, &QPushButton::clicked, this, [this] {
    going_on_ = true;
    on_battery_->hide();
    process_.pause();
  });
  return card;
}

QWidget* TrainPage::build_versions() {
  auto* card = make_card();
  auto* layout = new QVBoxLayout(card);
  layout->setContentsMargins(18, 16, 18, 16);
  layout->setSpacing(10);
  layout->addWidget(make_label(tr("Versions"), "heading"));
  layout->addWidget(
      make_label(tr("Each training run makes a version. Any of them can write for you."), "muted"));
  version_view_ = new QListView;
  version_view_->setProperty("role", "plain");
  version_view_->setObjectName("versions");
  version_view_->setAccessibleName(tr("Versions"));
  version_view_->setModel(versions_);
  version_view_->setWordWrap(true);
  version_view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  layout->addWidget(version_view_, 1);
  version_facts_ = make_label({}, "small");
  version_facts_->setObjectName("version_facts");
  version_facts_->hide();
  layout->addWidget(version_facts_);
  activate_ = make_button("check", tr("&Use this version"));
  activate_->setObjectName("activate_version");
  activate_->setEnabled(false);
  layout->addWidget(activate_, 0, Qt::AlignLeft);
  connect(activate_, &QPushButton::clicked, this, &TrainPage::activate_selected);
  connect(version_view_, &QListView::activated, this, &TrainPage::activate_selected);
  connect(version_view_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          &TrainPage::show_selected);
  return card;
}

void TrainPage::refresh() {
  own_count_->setText(count_text(assistant_->archive().own_count()));
  refresh_versions();
  show_running(training());
  count_usable();
}

void TrainPage::count_usable() {
  const std::int64_t generation = assistant_->archive().generation();
  if (generation == counted_generation_ || training() || worker_.busy()) return;
  usable_count_->setText(QStringLiteral("…"));
  heldout_count_->setText(QStringLiteral("…"));
  worker_.run<core::PlaybackReport>(
      [](core::Assistant& assistant, std::stop_token stop, const Worker::Post&) {
        return assistant.playback({}, stop);
      },
      [this, generation](const core::PlaybackReport& report) {
        if (report.cancelled) return;
        counted_generation_ = generation;
        usable_count_->setText(count_text(report.usable));
        heldout_count_->setText(count_text(report.heldout));
        QStringList reasons;
        for (const auto& [reason, count] : report.rejected)
          reasons << tr("%1: %2").arg(to_qt(reason), count_text(count));
        usable_count_->setToolTip(reasons.isEmpty() ? QString()
                                                    : tr("Left out:\n%1").arg(reasons.join('\n')));
      },
      [this](const QString&) {
        usable_count_->setText(QStringLiteral("–"));
        heldout_count_->setText(QStringLiteral("–"));
      });
}

void TrainPage::start(bool resume, bool on_battery) {
  worker_.stop();
  problem_->hide();
  result_->hide();
  if (!resume) chart_->clear();
  QStringList verb{"train"};
  if (resume) verb << "--resume";
  if (on_battery) verb << "--on-battery";
  process_.start(verb, to_qt(assistant_->archive().setting(kJobThreads)).toInt());
  show_running(true);
}

void TrainPage::ask_cancel() {
  const auto answer = QMessageBox::question(
      this, tr("Cancel training?"),
      tr("What has been learnt since the last pause will be lost. Pause keeps it."),
      QMessageBox::Yes | QMessageBox::No, QMessageBox::No);
  if (answer == QMessageBox::Yes && training()) process_.cancel();
}

void TrainPage::show_status(const core::TrainStatus& status) {
  QString text = phase_name(status.phase);
  if (status.paused == "battery") text = tr("Paused: the computer runs on its battery");
  on_battery_->setVisible(status.paused == "battery" && !going_on_);
  if (status.total_steps > 0)
    text += tr(" · step %1 of %2").arg(status.step).arg(status.total_steps);
  if (status.paused.empty()) {
    if (status.seconds_left > 0) text += tr(" · %1 left").arg(remaining_time(status.seconds_left));
    if (status.tokens_per_second > 0)
      text += tr(" · %1 tokens/s").arg(QLocale().toString(status.tokens_per_second, 'f', 0));
  }
  job_->show_progress(status.step, status.total_steps, text);
  emit status_message(tr("Training: %1").arg(text));
  if (status.phase != "training" || !status.paused.empty()) return;
  hint_->hide();
  chart_->show();
  chart_->add({status.step, status.loss, status.heldout_loss}, status.total_steps);
}

void TrainPage::show_result(const core::TrainResult& result) {
  show_stopped(result_in_words(result));
  refresh_versions();
  emit model_changed();
}

void TrainPage::show_stopped(const QString& sentence) {
  result_->setText(sentence);
  result_->setVisible(!sentence.isEmpty());
  show_running(false);
  emit status_message({});
}

void TrainPage::show_running(bool running) {
  job_->show_state(running, assistant_->can_resume_training());
  start_->setEnabled(assistant_->archive().own_count() > 0);
  if (!running) on_battery_->hide();
  show_selected();
  emit training_changed(running);
}

void TrainPage::show_selected() {
  const QModelIndex current = version_view_->currentIndex();
  activate_->setEnabled(!training() && current.isValid() && !versions_->active_at(current));
  const core::PersonalVersion* version = versions_->version_at(current);
  version_facts_->setVisible(version != nullptr);
  if (!version) return;
  version_facts_->setText(report_in_words(*version));
  if (training() || version->curve.empty()) return;
  hint_->hide();
  chart_->show();
  chart_->show_curve(version->curve);
}

void TrainPage::activate_selected() {
  const QModelIndex current = version_view_->currentIndex();
  if (!current.isValid() || training() || versions_->active_at(current)) return;
  chores_.run<bool>(
      [name = versions_->name_at(current)](core::Assistant& assistant, std::stop_token,
                                           const Worker::Post&) {
        assistant.activate_version(name);
        return true;
      },
      [this](bool) {
        refresh_versions();
        emit model_changed();
      },
      [this](const QString& sentence) { problem_->show_sentence(sentence); });
}

void TrainPage::refresh_versions() {
  try {
    versions_->show(assistant_->personal_versions());
  } catch (const std::exception& error) {
    problem_->show_sentence(QString::fromUtf8(error.what()));
  }
  show_selected();
}

}  // namespace sancho::desktop

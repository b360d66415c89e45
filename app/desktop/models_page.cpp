#include "app/desktop/models_page.h"

#include <QDragEnterEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QProgressBar>
#include <QScrollArea>
#include <QVBoxLayout>

#include "app/desktop/compress_dialog.h"
#include "app/desktop/controls.h"
#include "app/desktop/job_bar.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/message_list_view.h"
#include "app/desktop/model_details.h"
#include "app/desktop/text.h"
#include "core/models/export_model.h"

namespace sancho::desktop {

namespace {

/// The archive's setting that holds a compression which is not done, as JSON.
constexpr const char* kCompressionJob = "compression_job";

}  // namespace

ModelsPage::ModelsPage(core::Assistant* assistant, QString program, QWidget* parent)
    : QWidget(parent),
      assistant_(assistant),
      reader_(assistant->profile(), Worker::Order::every),
      worker_(assistant->profile()),
      process_(assistant->profile(), std::move(program)),
      models_(new ModelListModel(this)),
      problem_(new MessageBar) {
  setObjectName("page");
  setAcceptDrops(true);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(28, 22, 28, 20);
  layout->setSpacing(14);
  layout->addWidget(make_label(tr("Models"), "title"));
  layout->addWidget(make_label(
      tr("A model writes your drafts. Sancho brings one; you can add others, and make them smaller "
         "and faster for this computer."),
      "muted"));
  layout->addWidget(problem_);
  layout->addWidget(build_job());
  auto* lower = new QHBoxLayout;
  lower->setSpacing(14);
  lower->addWidget(build_list(), 3);
  lower->addWidget(build_details(), 5);
  layout->addLayout(lower, 1);

  connect(&worker_, &Worker::busy_changed, this, [this](bool busy) {
    busy_->setVisible(busy);
    busy_->setRange(0, busy ? 0 : 1);
    note_->setVisible(busy);
    show_selected();
  });
  connect(&process_, &CliProcess::progressed, this, [this](const QJsonObject& status) {
    const QString words = words_.describe(status);
    job_->show_progress(static_cast<std::size_t>(std::max(0, status["step"].toInt())),
                        static_cast<std::size_t>(std::max(0, status["total_steps"].toInt())),
                        words);
    emit status_message(tr("Compressing: %1").arg(words));
  });
  connect(&process_, &CliProcess::finished, this, [this](const QJsonObject&) {
    wanted_ = waiting_["name"].toString().toStdString();
    set_waiting({}, [this] { compression_ended(tr("Compressed: the new model is in the list.")); });
  });
  connect(&process_, &CliProcess::paused, this, [this] { compression_ended({}); });
  connect(&process_, &CliProcess::cancelled, this, [this] {
    set_waiting({}, [this] { compression_ended(tr("Cancelled; nothing was changed.")); });
  });
  connect(&process_, &CliProcess::failed, this, [this](const QString& sentence) {
    compression_ended({});
    problem_->show_sentence(sentence);
  });
}

QWidget* ModelsPage::build_job() {
  job_card_ = make_card();
  auto* layout = new QVBoxLayout(job_card_);
  layout->setContentsMargins(18, 12, 18, 12);
  layout->setSpacing(8);
  job_title_ = make_label({}, "heading");
  job_title_->setTextFormat(Qt::PlainText);
  job_ = new JobBar("compression");
  layout->addWidget(job_title_);
  layout->addWidget(job_);
  job_card_->hide();
  connect(job_, &JobBar::resume_requested, this, &ModelsPage::resume);
  connect(job_, &JobBar::pause_requested, &process_, &CliProcess::pause);
  connect(job_, &JobBar::cancel_requested, this, &ModelsPage::ask_cancel);
  return job_card_;
}

QWidget* ModelsPage::build_list() {
  auto* part = new QWidget;
  auto* layout = new QVBoxLayout(part);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(10);
  view_ = new MessageListView;
  view_->setModel(models_);
  view_->setObjectName("models");
  view_->setAccessibleName(tr("Models"));
  layout->addWidget(view_, 1);
  busy_ = new QProgressBar;
  busy_->setTextVisible(false);
  busy_->setAccessibleName(tr("Progress"));
  busy_->hide();
  note_ = make_label({}, "small");
  note_->setTextFormat(Qt::PlainText);
  note_->hide();
  layout->addWidget(busy_);
  layout->addWidget(note_);
  add_ = make_button("import", tr("&Add a model"));
  add_->setObjectName("add_model");
  auto* sources = new QMenu(add_);
  sources->addAction(tr("A &file (GGUF, or Sancho’s own)…"), this, [this] { ask_source(false); });
  sources->addAction(tr("A &Hugging Face folder…"), this, [this] { ask_source(true); });
  add_->setMenu(sources);
  layout->addWidget(add_, 0, Qt::AlignLeft);
  connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          &ModelsPage::show_selected);
  connect(view_, &QListView::activated, this, [this] {
    if (use_->isEnabled()) use_->click();
  });
  return part;
}

QWidget* ModelsPage::build_details() {
  details_card_ = make_card();
  auto* layout = new QVBoxLayout(details_card_);
  layout->setContentsMargins(18, 16, 18, 16);
  layout->setSpacing(12);
  details_ = new ModelDetails;
  auto* scroll = new QScrollArea;
  scroll->setWidgetResizable(true);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->setWidget(details_);
  layout->addWidget(scroll, 1);

  use_ = make_button("check", tr("&Use for drafts"), "primary");
  compress_ = make_button("compress", tr("Co&mpress…"));
  export_ = make_button("save", tr("E&xport"));
  remove_ = make_button("remove", tr("Remo&ve…"));
  auto* formats = new QMenu(export_);
  formats->addAction(tr("&GGUF, for llama.cpp and others…"), this, [this] { ask_export("gguf"); });
  formats->addAction(tr("&Safetensors, for Hugging Face…"), this, [this] { ask_export("hf"); });
  formats->addAction(tr("Sancho’s &own file…"), this, [this] { ask_export("sancho"); });
  export_->setMenu(formats);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(8);
  for (auto [button, name] :
       {std::pair(use_, "use_model"), std::pair(compress_, "compress_model"),
        std::pair(export_, "export_model"), std::pair(remove_, "remove_model")}) {
    button->setObjectName(name);
    buttons->addWidget(button);
  }
  buttons->addStretch();
  layout->addLayout(buttons);
  connect(use_, &QPushButton::clicked, this, [this] { use(selected()->name()); });
  connect(compress_, &QPushButton::clicked, this, &ModelsPage::ask_compress);
  connect(remove_, &QPushButton::clicked, this, &ModelsPage::ask_remove);
  details_card_->hide();
  return details_card_;
}

void ModelsPage::refresh() {
  reader_.run<Contents>(
      [](core::Assistant& assistant, std::stop_token, const Worker::Post&) {
        const core::Archive& archive = assistant.archive();
        return Contents{
            model_rows(assistant),
            QJsonDocument::fromJson(QByteArray::fromStdString(archive.setting(kCompressionJob)))
                .object(),
            archive.own_count(), to_qt(archive.setting(kJobThreads)).toInt()};
      },
      [this](Contents contents) { show_contents(std::move(contents)); },
      [this](const QString& sentence) { problem_->show_sentence(sentence); });
}

void ModelsPage::show_contents(Contents contents) {
  own_mails_ = contents.own_mails;
  threads_ = contents.threads;
  const std::string name = !wanted_.empty() ? std::exchange(wanted_, {})
                           : selected()     ? selected()->name()
                                            : std::string();
  if (!compressing()) waiting_ = contents.waiting;
  models_->show(std::move(contents.rows));
  view_->setCurrentIndex(models_->index_of(name));
  show_selected();
  if (compressing()) return;
  job_card_->setVisible(!waiting_.isEmpty());
  job_title_->setText(tr("%1 is not finished").arg(waiting_["name"].toString()));
  job_->show_state(false, true, true);
}

const ModelRow* ModelsPage::selected() const {
  return models_->row_at(view_->currentIndex());
}

void ModelsPage::show_selected() {
  const ModelRow* row = selected();
  details_card_->setVisible(row != nullptr);
  if (!row) return;
  details_->show_row(*row);
  const bool idle = !worker_.busy();
  const bool usable = row->version || row->model.usable;
  use_->setEnabled(idle && usable && !row->in_use &&
                   (row->version || row->model.about.has_tokenizer));
  use_->setText(row->in_use ? tr("In use") : tr("&Use for drafts"));
  export_->setEnabled(idle && usable);
  compress_->setVisible(!row->version);
  compress_->setEnabled(usable && !compressing() && waiting_.isEmpty());
  remove_->setEnabled(idle && row->removable());
  add_->setEnabled(idle);
}

void ModelsPage::run_chore(const QString& words, Chore chore) {
  problem_->hide();
  note_->setText(words);
  worker_.run<QString>(
      std::move(chore),
      [this](const QString& sentence) {
        emit status_message(sentence);
        refresh();
      },
      [this](const QString& sentence) {
        problem_->show_sentence(sentence);
        refresh();
      });
}

void ModelsPage::use(const std::string& name) {
  run_chore(tr("Opening %1…").arg(to_qt(name)),
            [this, name](core::Assistant& assistant, std::stop_token, const Worker::Post& post) {
              assistant.use_model(name);
              post([this] { emit model_changed(); });
              return tr("Drafts are written by %1 now").arg(to_qt(name));
            });
}

void ModelsPage::remove(const std::string& name) {
  run_chore(tr("Removing %1…").arg(to_qt(name)),
            [this, name](core::Assistant& assistant, std::stop_token, const Worker::Post& post) {
              assistant.remove_model(name);
              post([this] { emit model_changed(); });
              return tr("Removed %1").arg(to_qt(name));
            });
}

void ModelsPage::add(const std::filesystem::path& source) {
  run_chore(tr("Adding %1…").arg(to_qt(source.filename())),
            [this, source](core::Assistant& assistant, std::stop_token, const Worker::Post& post) {
              const std::string name = assistant.add_model(source).name;
              post([this, name] { wanted_ = name; });
              return tr("Added %1").arg(to_qt(name));
            });
}

void ModelsPage::export_to(const std::string& name, const std::string& to,
                           const std::filesystem::path& folder) {
  run_chore(tr("Exporting %1…").arg(to_qt(name)),
            [this, name, to, folder](core::Assistant& assistant, std::stop_token stop,
                                     const Worker::Post& post) {
              int shown = -1;
              const auto on_progress = [&](std::size_t done, std::size_t total) {
                const int percent = total == 0 ? 0 : static_cast<int>(100 * done / total);
                if (std::exchange(shown, percent) == percent) return;
                post([this, percent] {
                  busy_->setRange(0, 100);
                  busy_->setValue(percent);
                });
              };
              core::ExportOptions options;
              options.to = to;
              options.name = name;
              const auto made = core::export_model(*assistant.load_model(name), folder, options,
                                                   on_progress, stop);
              return tr("Wrote %1").arg(to_qt(made.files.front()));
            });
}

void ModelsPage::compress(const QString& name, const QStringList& verb,
                          const std::filesystem::path& out) {
  const QJsonObject job{
      {"name", name}, {"out", to_qt(out)}, {"verb", QJsonArray::fromStringList(verb)}};
  set_waiting(job, [this] { resume(); });
}

void ModelsPage::set_waiting(const QJsonObject& job, std::function<void()> then) {
  const std::string text =
      job.isEmpty() ? "" : QJsonDocument(job).toJson(QJsonDocument::Compact).toStdString();
  const QString out = job.isEmpty() ? waiting_["out"].toString() : QString();
  reader_.run<bool>(
      [text, out](core::Assistant& assistant, std::stop_token, const Worker::Post&) {
        assistant.archive().set_setting(kCompressionJob, text);
        if (!out.isEmpty()) std::filesystem::remove_all(to_path(out + ".work"));
        return true;
      },
      [this, job, then = std::move(then)](bool) {
        waiting_ = job;
        then();
      },
      [this](const QString& sentence) { problem_->show_sentence(sentence); });
}

void ModelsPage::resume() {
  QStringList verb;
  for (const QJsonValue& word : waiting_["verb"].toArray()) verb << word.toString();
  if (verb.isEmpty() || compressing()) return;
  problem_->hide();
  words_ = {};
  process_.start(verb, threads_);
  job_card_->show();
  job_title_->setText(tr("Making %1").arg(waiting_["name"].toString()));
  job_->show_state(true, false);
  show_selected();
  emit compressing_changed(true);
}

void ModelsPage::compression_ended(const QString& sentence) {
  job_->show_state(false, true, true);
  emit status_message(sentence);
  emit compressing_changed(false);
  refresh();
}

void ModelsPage::ask_remove() {
  const std::string name = selected()->name();
  const auto answer = QMessageBox::question(
      this, tr("Remove %1?").arg(to_qt(name)),
      tr("Its file is deleted from this computer. Personal models made from it cannot be used "
         "without it."),
      QMessageBox::Yes | QMessageBox::No, QMessageBox::No);
  if (answer == QMessageBox::Yes) remove(name);
}

void ModelsPage::ask_cancel() {
  const auto answer =
      QMessageBox::question(this, tr("Cancel the compression?"),
                            tr("What has been done so far will be lost. Pause keeps it."),
                            QMessageBox::Yes | QMessageBox::No, QMessageBox::No);
  if (answer != QMessageBox::Yes) return;
  if (compressing()) return process_.cancel();
  set_waiting({}, [this] { compression_ended(tr("Cancelled; nothing was changed.")); });
}

void ModelsPage::ask_source(bool folder) {
  const QString path =
      folder
          ? QFileDialog::getExistingDirectory(this, tr("A Hugging Face folder"), QDir::homePath())
          : QFileDialog::getOpenFileName(this, tr("A model file"), QDir::homePath(),
                                         tr("Models (*.gguf *.safetensors)"));
  if (!path.isEmpty()) add(to_path(path));
}

void ModelsPage::ask_export(const std::string& to) {
  const std::string name = selected()->name();
  const QString folder = QFileDialog::getExistingDirectory(
      this, tr("Folder to write %1 into").arg(to_qt(name)), QDir::homePath());
  if (!folder.isEmpty()) export_to(name, to, to_path(folder));
}

void ModelsPage::ask_compress() {
  CompressDialog dialog(selected()->model, assistant_->profile() / "models", own_mails_, this);
  if (dialog.exec() == QDialog::Accepted) compress(dialog.name(), dialog.verb(), dialog.out());
}

void ModelsPage::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->urls().size() == 1 && !worker_.busy()) event->acceptProposedAction();
}

void ModelsPage::dropEvent(QDropEvent* event) {
  const QString path = event->mimeData()->urls().value(0).toLocalFile();
  if (!path.isEmpty() && !worker_.busy()) add(to_path(path));
}

}  // namespace sancho::desktop

#pragma once

#include <QWidget>

#include "app/desktop/cli_process.h"
#include "app/desktop/compression_words.h"
#include "app/desktop/model_list_model.h"
#include "app/desktop/worker.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace sancho::desktop {

class CompressDialog;
class JobBar;
class MessageBar;
class MessageListView;
class ModelDetails;

/// The models on this computer: to look at, choose, add, export, compress and remove.
class ModelsPage : public QWidget {
  Q_OBJECT
 public:
  /// `assistant` is the window's and must outlive the page; `program` as in CliProcess.
  explicit ModelsPage(core::Assistant* assistant, QString program = {}, QWidget* parent = nullptr);

  /// Reads the models again, in the background.
  void refresh();
  bool compressing() const { return process_.running(); }
  void pause() { process_.pause(); }

  /// What the buttons do, once their dialogs are answered.
  void use(const std::string& name);
  void remove(const std::string& name);
  void add(const std::filesystem::path& source);
  /// `to` as in core::ExportOptions.
  void export_to(const std::string& name, const std::string& to,
                 const std::filesystem::path& folder);
  /// `verb`: of sancho-cli; `out`: the file it makes. Kept in the archive until it is done.
  void compress(const QString& name, const QStringList& verb, const std::filesystem::path& out);

 signals:
  /// Another model writes from now on.
  void model_changed();
  void compressing_changed(bool running);
  void status_message(const QString& text);

 protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  QWidget* build_list();
  QWidget* build_details();
  QWidget* build_job();
  /// The list, and the compression that waits to be resumed.
  struct Contents {
    std::vector<ModelRow> rows;
    QJsonObject waiting;
    std::size_t own_mails = 0;
    int threads = 0;
  };
  void show_contents(Contents contents);
  void show_selected();
  const ModelRow* selected() const;
  /// Runs on the worker, with the buttons disabled; then the list is read again. What it returns is
  /// said in the status line.
  using Chore = Worker::Work<QString>;
  void run_chore(const QString& words, Chore chore);
  void set_waiting(const QJsonObject& job, std::function<void()> then);
  void resume();
  void ask_remove();
  void ask_cancel();
  void ask_source(bool folder);
  void ask_export(const std::string& to);
  void ask_compress();
  void compression_ended(const QString& sentence);

  core::Assistant* assistant_;
  Worker reader_, worker_;
  CliProcess process_;
  CompressionWords words_;
  ModelListModel* models_;
  QJsonObject waiting_;  // "name", "out" and "verb" of a compression that is not done
  std::string wanted_;   // to be selected once the list is read again
  std::size_t own_mails_ = 0;
  int threads_ = 0;

  MessageBar* problem_;
  MessageListView* view_;
  ModelDetails* details_;
  QWidget *details_card_, *job_card_;
  QLabel *job_title_, *note_;
  QProgressBar* busy_;
  JobBar* job_;
  QPushButton *add_, *use_, *export_, *compress_, *remove_;
};

}  // namespace sancho::desktop

#pragma once

#include <QWizard>
#include <filesystem>
#include <vector>

#include "app/desktop/worker.h"

class QLabel;

namespace sancho::desktop {

/// From a choice of mailboxes to a filled archive: welcome, choose, import, whose mail, summary.
class ImportWizard : public QWizard {
  Q_OBJECT
 public:
  enum Page { kWelcome, kChoose, kProgress, kIdentities, kSummary };

  /// `welcome`: begins with a greeting, as on the first start.
  explicit ImportWizard(std::filesystem::path profile, bool welcome, QWidget* parent = nullptr);

  /// Files and folders to read; set by the choose page.
  std::vector<std::filesystem::path> paths;
  /// What the import said; set by the progress page.
  core::ImportReport report;
  /// Own mails after the identities were confirmed.
  std::size_t own_count = 0;

  Worker& worker() { return worker_; }
  void set_identities(const std::vector<std::string>& addresses);

 signals:
  /// Mail has come in, or other mail counts as the user's own.
  void archive_changed();
  void failed(const QString& sentence);

 private:
  void mark_step(int page);

  Worker worker_;
  std::vector<std::pair<int, QLabel*>> steps_;
};

}  // namespace sancho::desktop

#pragma once

#include <QElapsedTimer>
#include <QWizardPage>
#include <filesystem>

#include "core/assistant.h"

class QCheckBox;
class QFrame;
class QLabel;
class QListWidget;
class QProgressBar;
class QPushButton;
class QTreeWidget;
class QVBoxLayout;

namespace sancho::desktop {

class ImportWizard;
class MessageBar;

/// A page of the wizard with its title and explanation laid out.
class ImportPage : public QWizardPage {
  Q_OBJECT
 public:
  ImportPage(const QString& title, const QString& explanation);

 protected:
  ImportWizard* import_wizard() const;
  QVBoxLayout* body() const { return body_; }

 private:
  QVBoxLayout* body_;
};

class WelcomePage : public ImportPage {
  Q_OBJECT
 public:
  WelcomePage();
};

/// Collects files and folders by dialog, by dropping, or takes the sample mailbox.
class ChoosePage : public ImportPage {
  Q_OBJECT
 public:
  ChoosePage();
  void add_paths(const QStringList& paths);
  void initializePage() override;
  bool isComplete() const override;
  bool validatePage() override;

 protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dragLeaveEvent(QDragLeaveEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  void try_sample();
  void show_drop(bool on);

  QFrame* drop_;
  QListWidget* list_;
  QPushButton* remove_;
};

/// Runs the import with counts and a way to stop it.
class ProgressPage : public ImportPage {
  Q_OBJECT
 public:
  ProgressPage();
  void initializePage() override;
  void cleanupPage() override;
  bool isComplete() const override { return complete_; }

 private:
  void show_progress(const core::ImportProgress& progress);
  void show_report(const core::ImportReport& report);
  void fail(const QString& sentence);

  bool complete_ = false;
  MessageBar* problem_;
  QLabel *file_, *counts_;
  QProgressBar* bar_;
  QPushButton *stop_, *again_;
};

/// Which of the senders the user is.
class IdentityPage : public ImportPage {
  Q_OBJECT
 public:
  IdentityPage();
  void initializePage() override;
  bool isComplete() const override;
  bool validatePage() override;

 private:
  std::vector<std::string> chosen() const;

  bool confirmed_ = false;
  MessageBar* problem_;
  QListWidget* list_;
};

/// What was read, what was not and why, and what to do next.
class SummaryPage : public ImportPage {
  Q_OBJECT
 public:
  SummaryPage();
  void initializePage() override;

 private:
  QLabel *read_, *stored_, *own_, *left_out_;
  QPushButton* why_;
  QTreeWidget* reasons_;
};

}  // namespace sancho::desktop

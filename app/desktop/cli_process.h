#pragma once

#include <QJsonObject>
#include <QObject>
#include <QProcess>
#include <QStringList>
#include <filesystem>

namespace sancho::desktop {

/// The archive's setting for how many processor cores long jobs use; 0 or unset: all.
inline constexpr const char* kJobThreads = "training_threads";

/// A long job as a child process: a verb of sancho-cli that knows `--background` and `--progress
/// json`. A crash or a full memory then costs no draft. The child reports on stderr, one JSON
/// object per line, and gives its result on stdout.
class CliProcess : public QObject {
  Q_OBJECT
 public:
  /// `program`: the sancho-cli to run; empty: the one beside this program.
  explicit CliProcess(std::filesystem::path profile, QString program = {},
                      QObject* parent = nullptr);
  /// Pauses a running child and waits for its checkpoint, a few seconds at most.
  ~CliProcess() override;

  /// `verb`: with its arguments. `threads` 0 = every core.
  void start(const QStringList& verb, int threads);
  /// The child writes a checkpoint and ends; `paused` follows.
  void pause();
  /// Ends the child at once, without a checkpoint; `cancelled` follows.
  void cancel();
  bool running() const;

 signals:
  void progressed(const QJsonObject& status);
  void finished(const QJsonObject& result);
  void paused();
  void cancelled();
  void failed(const QString& sentence);

 private:
  void read_progress();
  void read_line(const QByteArray& line);
  void child_ended(int exit_code, QProcess::ExitStatus status);

  const std::filesystem::path profile_;
  const QString program_;
  QProcess child_;
  QByteArray result_;
  QByteArray unfinished_line_;
  QString last_sentence_;
  bool cancelling_ = false;
};

}  // namespace sancho::desktop

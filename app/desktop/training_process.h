#pragma once

#include <QObject>
#include <QProcess>
#include <QStringList>
#include <filesystem>
#include <optional>

#include "core/assistant.h"

namespace sancho::desktop {

/// The archive's setting for how many processor cores training uses; 0 or unset: all.
inline constexpr const char* kTrainingThreads = "training_threads";

/// Training in a child process (`sancho-cli train`), so that a crash or a full memory costs no
/// draft. The child reports on stderr, one JSON object per line, and gives its result on stdout.
class TrainingProcess : public QObject {
  Q_OBJECT
 public:
  /// `program`: the sancho-cli to run; empty: the one beside this program.
  explicit TrainingProcess(std::filesystem::path profile, QString program = {},
                           QObject* parent = nullptr);
  /// Pauses a running child and waits for its checkpoint, a few seconds at most.
  ~TrainingProcess() override;

  /// `threads` 0 = every core.
  void start(bool resume, int threads);
  /// The child writes a checkpoint and ends; `paused` follows.
  void pause();
  /// Ends the child at once, without a checkpoint; `cancelled` follows.
  void cancel();
  bool running() const;

  /// What one line of the child's stderr says; nothing where it is not a progress line.
  static std::optional<core::TrainStatus> parse_status(const QByteArray& line);
  static std::optional<core::TrainResult> parse_result(const QByteArray& json);

 signals:
  void progressed(const sancho::core::TrainStatus& status);
  void finished(const sancho::core::TrainResult& result);
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

#include "app/desktop/cli_process.h"

#include <QCoreApplication>
#include <QDir>
#include <QJsonDocument>

#include "app/desktop/text.h"

namespace sancho::desktop {

namespace {

constexpr int kCheckpointWait = 10'000;        // milliseconds at exit
constexpr qsizetype kLongestLine = 64 * 1024;  // a longer line is no progress report

}  // namespace

CliProcess::CliProcess(std::filesystem::path profile, QString program, QObject* parent)
    : QObject(parent),
      profile_(std::move(profile)),
      program_(program.isEmpty()
                   ? QDir(QCoreApplication::applicationDirPath()).filePath("sancho-cli")
                   : std::move(program)) {
  connect(&child_, &QProcess::readyReadStandardError, this, &CliProcess::read_progress);
  connect(&child_, &QProcess::readyReadStandardOutput, this,
          [this] { result_ += child_.readAllStandardOutput(); });
  connect(&child_, &QProcess::finished, this, &CliProcess::child_ended);
  connect(&child_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error == QProcess::FailedToStart)
      emit failed(tr("The job could not start: %1 is missing or cannot be run; reinstall Sancho.")
                      .arg(program_));
  });
}

CliProcess::~CliProcess() {
  if (!running()) return;
  child_.disconnect(this);
  child_.terminate();
  child_.waitForFinished(kCheckpointWait);
}

void CliProcess::start(const QStringList& verb, int threads) {
  if (running()) return;
  result_.clear();
  unfinished_line_.clear();
  last_sentence_.clear();
  cancelling_ = false;
  QStringList arguments{"--profile", to_qt(profile_), "--json"};
  if (threads > 0) arguments << "--threads" << QString::number(threads);
  arguments << verb << QStringList{"--background", "--progress", "json"};
  child_.start(program_, arguments);
}

void CliProcess::pause() {
  child_.terminate();
}

void CliProcess::cancel() {
  cancelling_ = true;
  child_.kill();
}

bool CliProcess::running() const {
  return child_.state() != QProcess::NotRunning;
}

void CliProcess::read_progress() {
  unfinished_line_ += child_.readAllStandardError();
  qsizetype end;
  while ((end = unfinished_line_.indexOf('\n')) >= 0) {
    read_line(unfinished_line_.left(end).trimmed());
    unfinished_line_.remove(0, end + 1);
  }
  if (unfinished_line_.size() > kLongestLine) unfinished_line_.clear();
}

void CliProcess::read_line(const QByteArray& line) {
  if (line.isEmpty()) return;
  const QJsonObject status = QJsonDocument::fromJson(line).object();
  if (status.contains("phase"))
    emit progressed(status);
  else
    last_sentence_ = QString::fromUtf8(line);
}

void CliProcess::child_ended(int exit_code, QProcess::ExitStatus status) {
  read_progress();
  read_line(std::exchange(unfinished_line_, {}).trimmed());
  result_ += child_.readAllStandardOutput();
  const QJsonObject result = QJsonDocument::fromJson(result_.trimmed()).object();
  if (cancelling_)
    emit cancelled();
  else if (status == QProcess::CrashExit)
    emit failed(tr("The job ended unexpectedly; what it last saved is kept and can be resumed."));
  else if (exit_code != 0)
    emit failed(last_sentence_.isEmpty() ? tr("The job failed without saying why.")
                                         : last_sentence_);
  else if (result.isEmpty())
    emit failed(tr("The job ended without a result; please start it again."));
  else if (result["finished"].toBool())
    emit finished(result);
  else
    emit paused();
}

}  // namespace sancho::desktop

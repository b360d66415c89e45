#include "app/desktop/training_process.h"

#include <QCoreApplication>
#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>

#include "app/desktop/text.h"

namespace sancho::desktop {

namespace {

constexpr int kCheckpointWait = 10'000;        // milliseconds at exit
constexpr qsizetype kLongestLine = 64 * 1024;  // a longer line is no progress report

std::size_t size_of(const QJsonValue& value) {
  return static_cast<std::size_t>(std::max<qint64>(0, value.toInteger()));
}

}  // namespace

TrainingProcess::TrainingProcess(std::filesystem::path profile, QString program, QObject* parent)
    : QObject(parent),
      profile_(std::move(profile)),
      program_(program.isEmpty()
                   ? QDir(QCoreApplication::applicationDirPath()).filePath("sancho-cli")
                   : std::move(program)) {
  connect(&child_, &QProcess::readyReadStandardError, this, &TrainingProcess::read_progress);
  connect(&child_, &QProcess::readyReadStandardOutput, this,
          [this] { result_ += child_.readAllStandardOutput(); });
  connect(&child_, &QProcess::finished, this, &TrainingProcess::child_ended);
  connect(&child_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error == QProcess::FailedToStart)
      emit failed(tr("Training could not start: %1 is missing or cannot be run; reinstall Sancho.")
                      .arg(program_));
  });
}

TrainingProcess::~TrainingProcess() {
  if (!running()) return;
  child_.disconnect(this);
  child_.terminate();
  child_.waitForFinished(kCheckpointWait);
}

void TrainingProcess::start(bool resume, int threads) {
  if (running()) return;
  result_.clear();
  unfinished_line_.clear();
  last_sentence_.clear();
  cancelling_ = false;
  QStringList arguments{"--profile", to_qt(profile_), "--json"};
  if (threads > 0) arguments << "--threads" << QString::number(threads);
  arguments << "train"
            << "--background"
            << "--progress"
            << "json";
  if (resume) arguments << "--resume";
  child_.start(program_, arguments);
}

void TrainingProcess::pause() {
  child_.terminate();
}

void TrainingProcess::cancel() {
  cancelling_ = true;
  child_.kill();
}

bool TrainingProcess::running() const {
  return child_.state() != QProcess::NotRunning;
}

void TrainingProcess::read_progress() {
  unfinished_line_ += child_.readAllStandardError();
  qsizetype end;
  while ((end = unfinished_line_.indexOf('\n')) >= 0) {
    read_line(unfinished_line_.left(end).trimmed());
    unfinished_line_.remove(0, end + 1);
  }
  if (unfinished_line_.size() > kLongestLine) unfinished_line_.clear();
}

void TrainingProcess::read_line(const QByteArray& line) {
  if (line.isEmpty()) return;
  if (const auto status = parse_status(line))
    emit progressed(*status);
  else
    last_sentence_ = QString::fromUtf8(line);
}

void TrainingProcess::child_ended(int exit_code, QProcess::ExitStatus status) {
  read_progress();
  read_line(std::exchange(unfinished_line_, {}).trimmed());
  result_ += child_.readAllStandardOutput();
  if (cancelling_) {
    emit cancelled();
  } else if (status == QProcess::CrashExit) {
    emit failed(tr("Training ended unexpectedly; what it last saved is kept and can be resumed."));
  } else if (exit_code != 0) {
    emit failed(last_sentence_.isEmpty() ? tr("Training failed without saying why.")
                                         : last_sentence_);
  } else if (const auto result = parse_result(result_); !result) {
    emit failed(tr("Training ended without a result; please start it again."));
  } else if (result->finished) {
    emit finished(*result);
  } else {
    emit paused();
  }
}

std::optional<core::TrainStatus> TrainingProcess::parse_status(const QByteArray& line) {
  const QJsonObject object = QJsonDocument::fromJson(line).object();
  if (!object.contains("phase")) return {};
  core::TrainStatus status;
  status.phase = object["phase"].toString().toStdString();
  status.step = size_of(object["step"]);
  status.total_steps = size_of(object["total_steps"]);
  status.loss = object["loss"].toDouble();
  if (object["heldout_loss"].isDouble()) status.heldout_loss = object["heldout_loss"].toDouble();
  status.seconds = object["seconds"].toDouble();
  status.seconds_left = object["seconds_left"].toDouble();
  status.tokens_per_second = object["tokens_per_second"].toDouble();
  return status;
}

std::optional<core::TrainResult> TrainingProcess::parse_result(const QByteArray& json) {
  const QJsonObject object = QJsonDocument::fromJson(json.trimmed()).object();
  if (object.isEmpty()) return {};
  core::TrainResult result;
  result.finished = object["finished"].toBool();
  result.pairs = size_of(object["pairs"]);
  result.steps = size_of(object["steps"]);
  result.tokens = size_of(object["tokens"]);
  result.loss_first = object["loss_first"].toDouble();
  result.loss_last = object["loss_last"].toDouble();
  result.heldout_ppl_before = object["heldout_ppl_before"].toDouble();
  result.heldout_ppl_after = object["heldout_ppl_after"].toDouble();
  result.tokens_per_second = object["tokens_per_second"].toDouble();
  result.seconds = object["seconds"].toDouble();
  result.version = object["version"].toString().toStdString();
  return result;
}

}  // namespace sancho::desktop

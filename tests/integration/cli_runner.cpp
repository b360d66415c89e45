#include "cli_runner.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QProcessEnvironment>

namespace {

constexpr int longest_run_ms = 590'000;

}  // namespace

QJsonObject CliResult::json() const {
  const QJsonDocument document = QJsonDocument::fromJson(out);
  return document.isObject() ? document.object() : QJsonObject{};
}

bool CliResult::one_sentence() const {
  const QByteArray last = err.trimmed().split('\n').last();
  return err.endsWith(".\n") && last.size() > 20 && last.size() < 600;
}

QString cli_program() {
  return SANCHO_CLI;
}

QString resources() {
  return qEnvironmentVariable("SANCHO_RESOURCES", SANCHO_SOURCE_DIR "/resources");
}

QString sample_mailbox() {
  return SANCHO_SOURCE_DIR "/resources/sample-mailbox";
}

bool has_built_in_model() {
  return QFileInfo::exists(resources() + "/models/built-in.safetensors");
}

CliResult run_program(QProcess& process, const QString& program, const QStringList& arguments) {
  process.start(program, arguments);
  CliResult result;
  if (!process.waitForFinished(longest_run_ms)) {
    process.kill();
    process.waitForFinished();
  } else if (process.exitStatus() == QProcess::NormalExit) {
    result.status = process.exitCode();
  }
  result.out = process.readAllStandardOutput();
  result.err = process.readAllStandardError();
  return result;
}

CliResult run_cli(const QStringList& arguments, const QStringList& environment) {
  QProcess process;
  QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
  variables.insert("SANCHO_RESOURCES", resources());
  for (const QString& pair : environment)
    variables.insert(pair.section('=', 0, 0), pair.section('=', 1));
  process.setProcessEnvironment(variables);
  return run_program(process, cli_program(), arguments);
}

std::unique_ptr<QProcess> start_cli(const QStringList& arguments) {
  auto process = std::make_unique<QProcess>();
  QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
  variables.insert("SANCHO_RESOURCES", resources());
  process->setProcessEnvironment(variables);
  process->start(cli_program(), arguments);
  return process;
}

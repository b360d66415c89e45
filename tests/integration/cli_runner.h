#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <memory>

/// What one run of sancho-cli left behind.
struct CliResult {
  int status = -1;  // −1: killed, crashed or too slow
  QByteArray out, err;

  /// The one JSON object on standard output; an empty one where that is not what is there.
  QJsonObject json() const;
  /// Standard error ends in one line that reads as a sentence (progress may stand before it).
  bool one_sentence() const;
};

QString cli_program();
/// The resources folder under test: $SANCHO_RESOURCES or the source tree's.
QString resources();
QString sample_mailbox();
/// Whether the built-in model is there, and the words for QSKIP where it is not.
bool has_built_in_model();
inline constexpr const char* no_model = "resources/models/built-in.safetensors is not there";

/// Runs to the end. `environment` are "NAME=value" pairs on top of this process's own.
CliResult run_cli(const QStringList& arguments, const QStringList& environment = {});
/// Starts and returns at once.
std::unique_ptr<QProcess> start_cli(const QStringList& arguments);
/// Runs any program to the end.
CliResult run_program(QProcess& process, const QString& program, const QStringList& arguments);

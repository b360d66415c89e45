#pragma once

#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QString>
#include <QTemporaryDir>
#include <fstream>
#include <string>
#include <vector>

#include "core/mail/mailbox_reader.h"

namespace sancho::test {

inline std::string write_file(const QTemporaryDir& folder, const char* name,
                              const std::string& text) {
  const std::string path = folder.filePath(name).toStdString();
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

inline std::vector<core::RawMessage> read_all(const std::string& path) {
  std::vector<core::RawMessage> out;
  core::read_mailbox(path, [&](core::RawMessage&& message) {
    out.push_back(std::move(message));
    return true;
  });
  return out;
}

/// A file of the shared test data; empty where it is absent.
inline QString shared_file(const char* name) {
  const QString path = QString(SANCHO_SHARED_DIR) + "/" + name;
  return QFileInfo::exists(path) ? path : QString();
}

/// Unpacks a tarball of the shared test data into `folder`.
inline bool unpack(const QString& tarball, const QTemporaryDir& folder) {
  return QProcess::execute("tar", {"-xf", tarball, "-C", folder.path()}) == 0;
}

/// Decompresses an .xz file of the shared test data to `path`.
inline bool decompress(const QString& file, const QString& path) {
  QProcess xz;
  xz.setStandardOutputFile(path);
  xz.start("xz", {"-dc", file});
  return xz.waitForFinished(60'000) && xz.exitCode() == 0;
}

}  // namespace sancho::test

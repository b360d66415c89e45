#pragma once

#include <QTemporaryDir>
#include <QTest>
#include <QWidget>
#include <filesystem>
#include <memory>

#include "core/assistant.h"

namespace sancho::test {

/// The address that the test mailbox is written from.
inline constexpr const char* kMe = "rosa@example.org";

/// `own` mails from kMe and `received` mails to it, as an mbox.
QByteArray mailbox(int own, int received);

/// A profile of its own in a temporary folder, with a resource folder that may hold a model or not.
class Profile {
 public:
  Profile();
  std::filesystem::path path() const;
  /// The path of a file beside the profile.
  QString file(const QString& name) const { return folder_.filePath(name); }
  std::unique_ptr<core::Assistant> open() const;
  /// Writes a mailbox file and returns its path.
  QString write_mailbox(int own, int received) const;
  /// Imports such a mailbox with kMe confirmed.
  void fill(int own, int received) const;
  /// Writes the report of a personal version, without a model: made from 7 mails, a curve of two
  /// points.
  void write_version(const QString& name) const;
  /// Writes an executable script that stands for sancho-cli.
  QString write_script(const QByteArray& text) const;

 private:
  QTemporaryDir folder_;
};

bool has_built_in_model();

/// The descendant of that name; fails the test where there is none.
template <class Widget>
Widget* find(QWidget* parent, const char* name) {
  auto* found = parent->findChild<Widget*>(QString::fromLatin1(name));
  if (!found) qFatal("There is no %s", name);
  return found;
}

}  // namespace sancho::test

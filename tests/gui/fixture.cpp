#include "fixture.h"

#include <QDateTime>
#include <QDir>
#include <QFile>

#include "app/desktop/text.h"

namespace sancho::test {

namespace {

const char* const kTopics[] = {
    "lunch on Friday",    "the March figures",        "the printer upstairs", "travel to Lisbon",
    "the budget meeting", "your holiday photographs", "the new telephones"};

QByteArray mail(int number, const QByteArray& from, const QByteArray& to, const QByteArray& topic) {
  const QDateTime date = QDateTime::fromSecsSinceEpoch(1'000'000'000 + 86'400LL * number, Qt::UTC);
  const QByteArray id = QByteArray::number(number) + "." + from;
  return "From " + from + " Mon Jan  1 00:00:00 2001\n" + "Message-ID: <" + id +
         ">\nDate: " + date.toString(Qt::RFC2822Date).toLatin1() + "\nFrom: " + from +
         "\nTo: " + to + "\nSubject: About " + topic + " " + QByteArray::number(number) +
         "\n\nHello,\nthis is what I wanted to say about " + topic + ", number " +
         QByteArray::number(number) + ".\nSee you soon\n\n";
}

}  // namespace

QByteArray mailbox(int own, int received) {
  QByteArray text;
  for (int i = 0; i < own; ++i)
    text += mail(i, kMe, i % 2 ? "ben@example.org" : "ada@example.com", kTopics[i % 7]);
  for (int i = 0; i < received; ++i)
    text += mail(own + i, i % 2 ? "ben@example.org" : "ada@example.com", kMe, kTopics[i % 7]);
  return text;
}

Profile::Profile() {
  if (!folder_.isValid()) qFatal("There is no place for a temporary folder");
}

std::filesystem::path Profile::path() const {
  return desktop::to_path(folder_.filePath("profile"));
}

std::unique_ptr<core::Assistant> Profile::open() const {
  return std::make_unique<core::Assistant>(path());
}

QString Profile::write_mailbox(int own, int received) const {
  QFile file(folder_.filePath("mail.mbox"));
  if (!file.open(QIODevice::WriteOnly)) qFatal("Cannot write the test mailbox");
  file.write(mailbox(own, received));
  return file.fileName();
}

void Profile::fill(int own, int received) const {
  open()->import({desktop::to_path(write_mailbox(own, received))}, {kMe});
}

QString Profile::write_script(const QByteArray& text) const {
  QFile file(folder_.filePath("child.sh"));
  if (!file.open(QIODevice::WriteOnly)) qFatal("Cannot write the test script");
  file.write("#!/bin/sh\n" + text);
  file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
  return file.fileName();
}

void Profile::write_version(const QString& name) const {
  const QDir folder(folder_.filePath("profile/personal/" + name));
  QFile file(folder.filePath("report.json"));
  if (!folder.mkpath(".") || !file.open(QIODevice::WriteOnly)) qFatal("Cannot write the report");
  file.write(R"({"created":1700000000,"method":"sparse","optimizer":"microadam","base":"",
    "pairs":7,"steps":20,"tokens":900,"heldout_ppl_before":8,"heldout_ppl_after":6,"seconds":75,
    "tokens_per_second":500,"peak_memory":310000000,"curve":[[1,3.0],[20,2.0,2.2]]})");
}

bool has_built_in_model() {
  return std::filesystem::exists(core::Assistant::resource_dir() / "models" /
                                 "built-in.safetensors");
}

}  // namespace sancho::test

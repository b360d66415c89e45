#include <QDir>
#include <QDirIterator>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringDecoder>
#include <QtTest>
#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "core/mail/mailbox_reader.h"
#include "core/mail/message.h"
#include "core/mail/own_words.h"
#include "test_mail.h"

using namespace sancho::core;
using namespace sancho::test;

namespace {

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

bool is_utf8(const std::string& text) {
  return QString::fromStdString(text).toStdString() == text;
}

/// Words that two texts share in order, over their mean length: 1 = equal.
double similarity(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  if (a == b) return 1;
  std::vector<std::size_t> row(b.size() + 1, 0);
  for (const std::string& word : a) {
    std::size_t diagonal = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = word == b[j] ? diagonal + 1 : std::max(above, row[j]);
      diagonal = above;
    }
  }
  return 2.0 * static_cast<double>(row.back()) / static_cast<double>(a.size() + b.size());
}

}  // namespace

class AwkwardMailTest : public QObject {
  Q_OBJECT
 private slots:
  void every_message_of_a_collection_is_accounted_for_data() {
    QTest::addColumn<QString>("tarball");
    for (const char* name :
         {"mikel-mail", "spamassassin-sample", "mailgun-talon", "cpython-test_email"})
      QTest::newRow(name) << QString("mail/%1.tar.xz").arg(name);
  }
  void every_message_of_a_collection_is_accounted_for() {
    QFETCH(QString, tarball);
    const QString file = shared_file(qPrintable(tarball));
    if (file.isEmpty()) QSKIP("the shared test data is absent");
    QTemporaryDir folder;
    QVERIFY(unpack(file, folder));
    std::size_t files = 0;
    for (QDirIterator it(folder.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
         it.hasNext(); ++files)
      it.next();
    const MailboxList list = find_mailboxes({folder.path().toStdString()});
    QCOMPARE(list.mailboxes.size() + list.passed_over.size(), files);
    std::size_t read = 0;
    for (const auto& mailbox : list.mailboxes)
      for (const RawMessage& raw : read_all(mailbox.string())) {
        ++read;
        const Message m = parse_message(raw.raw);
        QVERIFY(!m.content_hash.empty() && !m.message_id.empty());
        for (const std::string& text :
             {m.subject, m.body, m.own, m.signature, m.from.name, m.from.address})
          QVERIFY2(is_utf8(text), mailbox.c_str());
      }
    QVERIFY(read >= list.mailboxes.size());
  }

  void known_replies_give_their_words() {
    const QString file = shared_file("mail/mailgun-talon.tar.xz");
    if (file.isEmpty()) QSKIP("the shared test data is absent");
    QTemporaryDir folder;
    QVERIFY(unpack(file, folder));
    const QString fixtures = folder.filePath("mailgun-talon/tests/fixtures/");
    for (const QString& name : QDir(fixtures + "standard_replies").entryList({"*.eml"})) {
      if (name == "thunderbird.eml") continue;  // says hello below the quote
      const auto raw = read_all((fixtures + "standard_replies/" + name).toStdString());
      const auto own = words(parse_message(raw.at(0).raw).own);
      QVERIFY2(own == words("Hello"), qPrintable(name));
    }
    for (const QString& name : QDir(fixtures + "html_replies").entryList({"*.html"})) {
      QFile html(fixtures + "html_replies/" + name);
      QVERIFY(html.open(QIODevice::ReadOnly));
      const Message m = parse_message("From: a@b.org\nContent-Type: text/html\n\n" +
                                      html.readAll().toStdString());
      QVERIFY2(words(m.own) == words("Hi. I am fine. Thanks, Alex"), qPrintable(name));
    }
  }

  void own_words_of_six_people_are_found_data() {
    QTest::addColumn<QString>("person");
    for (const char* name : {"kate-symes", "phillip-love", "vince-kaminski", "james-steffes",
                             "gerald-nemec", "sally-beck"})
      QTest::newRow(name) << QString(name);
  }
  void own_words_of_six_people_are_found() {
    QFETCH(QString, person);
    const QString base = "personas/" + person;
    if (shared_file(qPrintable(base + ".mbox.xz")).isEmpty())
      QSKIP("the shared test data is absent");
    QTemporaryDir folder;
    const QString box = folder.filePath("box"), yardstick = folder.filePath("own");
    QVERIFY(decompress(shared_file(qPrintable(base + ".mbox.xz")), box));
    QVERIFY(decompress(shared_file(qPrintable(base + ".own.jsonl.xz")), yardstick));
    std::map<std::string, std::string> own;
    for (const RawMessage& raw : read_all(box.toStdString())) {
      const Message m = parse_message(raw.raw);
      own["<" + m.message_id + ">"] = m.own;
    }
    QFile lines(yardstick);
    QVERIFY(lines.open(QIODevice::ReadOnly));
    int all = 0, near = 0;
    while (!lines.atEnd()) {
      const QJsonObject record = QJsonDocument::fromJson(lines.readLine()).object();
      ++all;
      near += similarity(words(record["own"].toString().toStdString()),
                         words(own[record["id"].toString().toStdString()])) >= 0.95;
    }
    qInfo("%s: %d of %d mails within 0.95 of the yardstick", qPrintable(person), near, all);
    QVERIFY(all > 0);
    QVERIFY(near * 100 >= all * 95);
  }
};

QTEST_APPLESS_MAIN(AwkwardMailTest)
#include "awkward_mail_test.moc"

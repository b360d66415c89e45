#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "cli_runner.h"

/// From import to draft, no socket of the Internet families is ever made.
class TestCliNetwork : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  QByteArray traced_calls(const QStringList& arguments) {
    const QString log = folder_.filePath("trace");
    QFile::remove(log);
    QProcess process;
    const CliResult result =
        run_program(process, "strace",
                    QStringList{"-f", "-e", "trace=network", "-o", log, cli_program()} + arguments +
                        QStringList{"--profile", folder_.filePath("profile"), "--json"});
    if (result.status != 0) qWarning("%s", result.err.constData());
    QFile file(log);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("no trace");
  }

 private slots:
  void initTestCase() {
    if (QStandardPaths::findExecutable("strace").isEmpty()) QSKIP("strace is not installed");
    if (QProcess::execute("strace", {"-o", "/dev/null", "true"}) != 0)
      QSKIP("strace is not permitted here");
    qputenv("SANCHO_RESOURCES", resources().toLocal8Bit());
  }

  void no_verb_opens_an_internet_socket_data() {
    QTest::addColumn<QStringList>("words");
    QTest::newRow("import") << QStringList{"import", sample_mailbox()};
    QTest::newRow("playback") << QStringList{"playback"};
    QTest::newRow("doctor") << QStringList{"doctor"};
    if (!has_built_in_model()) return;
    QTest::newRow("train") << QStringList{"train", "--epochs", "0.1"};
    QTest::newRow("draft") << QStringList{"draft", "say hello to Bea", "--max-tokens", "8"};
    QTest::newRow("search") << QStringList{"search", "paper"};
    QTest::newRow("evaluate") << QStringList{"evaluate", "--limit", "1"};
  }

  void no_verb_opens_an_internet_socket() {
    QFETCH(QStringList, words);
    const QByteArray calls = traced_calls(words);
    QVERIFY2(calls.contains("exited with"), calls.constData());
    QVERIFY2(!calls.contains("AF_INET"), calls.constData());
  }
};

QTEST_GUILESS_MAIN(TestCliNetwork)
#include "test_cli_network.moc"

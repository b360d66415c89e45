#include <unistd.h>

#include <QDirIterator>
#include <QJsonArray>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include "cli_runner.h"

namespace {

constexpr uid_t nobody = 65534;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool has_sanitizer = true;
#else
constexpr bool has_sanitizer = false;
#endif

QByteArray mails(int count, int words) {
  QByteArray mbox;
  for (int i = 0; i < count; ++i) {
    mbox +=
        "From ann@example.org Mon Jan  6 10:00:00 2025\n"
        "From: Ann <ann@example.org>\nTo: bob@example.org\nSubject: Mail " +
        QByteArray::number(i) + "\nDate: Mon, 06 Jan 2025 10:00:00 +0000\nMessage-ID: <" +
        QByteArray::number(i) + "@example.org>\n\n";
    for (int w = 0; w < words; ++w)
      mbox += QByteArray::number(QRandomGenerator::global()->generate(), 36) +
              (w % 10 == 9 ? '\n' : ' ');
    mbox += "\n\n";
  }
  return mbox;
}

}  // namespace

/// Bad input and a bad day: one clear sentence, exit status 1, and nothing stored is lost.
class TestCliBadInput : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  QString profile_ = folder_.filePath("profile");
  QString mounted_;

  CliResult cli(QStringList arguments, const QStringList& environment = {}) {
    arguments << "--profile" << profile_ << "--json";
    return run_cli(arguments, environment);
  }

  QString write(const QString& name, const QByteArray& content) {
    QFile file(folder_.filePath(name));
    const bool opened = file.open(QIODevice::WriteOnly);
    Q_ASSERT(opened);
    file.write(content);
    return file.fileName();
  }

  /// Every file below the profile that may be thrown away because it can be made anew.
  QStringList index_files() const {
    QStringList files;
    for (QDirIterator it(profile_, {"index*"}, QDir::Files); it.hasNext();) files << it.next();
    return files;
  }

#define VERIFY_REFUSED(result)  \
  QCOMPARE((result).status, 1); \
  QVERIFY2((result).one_sentence(), (result).err.constData())

 private slots:
  void initTestCase() {
    QCOMPARE(cli({"import", sample_mailbox()}).status, 0);
  }

  void cleanup() {
    if (!mounted_.isEmpty()) {
      QProcess::execute("umount", {mounted_});
      mounted_.clear();
    }
    if (QTest::currentTestFailed()) return;
    const CliResult again = cli({"import", sample_mailbox()});
    QCOMPARE(again.json()["stored"].toInt(), 0);
    QCOMPARE(again.json()["own"].toInt(), 172);
  }

  void a_wrong_path_is_named() {
    const CliResult result = cli({"import", folder_.filePath("nowhere.mbox")});
    VERIFY_REFUSED(result);
    QVERIFY(result.err.contains("nowhere.mbox"));
  }

  void a_file_that_is_no_mailbox_is_named() {
    const CliResult result =
        cli({"import", write("holiday.png", QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16))});
    VERIFY_REFUSED(result);
    QVERIFY(result.err.contains("holiday.png"));
  }

  void a_folder_without_mail_is_refused_in_a_new_profile() {
    QTemporaryDir empty;
    const CliResult result =
        run_cli({"import", empty.path(), "--profile", folder_.filePath("fresh")});
    VERIFY_REFUSED(result);
  }

  void a_file_that_may_not_be_read_is_named() {
    if (geteuid() == 0) {
      // Nothing is forbidden to root, so the same program runs as "nobody" in a folder of its own.
      QTemporaryDir open_folder;
      const QString mine = open_folder.filePath("mine");
      const QString secret = open_folder.filePath("secret.mbox");
      QVERIFY(QFile::copy(sample_mailbox() + "/sent.mbox", secret) && QDir().mkdir(mine));
      QVERIFY(QFile::setPermissions(secret, QFile::ReadOwner) && chmod_all(open_folder.path()) &&
              chown(mine.toLocal8Bit(), nobody, nobody) == 0);
      QProcess process;
      process.setChildProcessModifier([] {
        if (setgid(nobody) != 0 || setuid(nobody) != 0) _exit(99);
      });
      const CliResult result =
          run_program(process, cli_program(), {"import", secret, "--profile", mine + "/profile"});
      if (result.status == -1 || result.status == 99)
        QSKIP("another user may not run the program from here");
      VERIFY_REFUSED(result);
      QVERIFY(result.err.contains("secret.mbox"));
      return;
    }
    const QString secret = write("secret.mbox", mails(3, 10));
    QVERIFY(QFile::setPermissions(secret, {}));
    const CliResult result = cli({"import", secret});
    VERIFY_REFUSED(result);
    QVERIFY(result.err.contains("secret.mbox"));
  }

  void a_profile_that_cannot_be_made_is_refused() {
    const QString file = write("not-a-folder", "x");
    VERIFY_REFUSED(run_cli({"playback", "--profile", file + "/profile"}));
  }

  void a_truncated_mailbox_keeps_every_complete_message() {
    QByteArray mbox = mails(5, 20);
    mbox.chop(60);
    const CliResult result = run_cli(
        {"import", write("cut.mbox", mbox), "--profile", folder_.filePath("cut"), "--json"});
    QCOMPARE(result.status, 0);
    QCOMPARE(result.json()["stored"].toInt(), 5);
  }

  void a_profile_of_a_newer_schema_is_left_alone() {
    const QString newer = folder_.filePath("newer");
    QCOMPARE(run_cli({"import", sample_mailbox(), "--profile", newer}).status, 0);
    QStringList archives = QDir(newer).entryList({"*.db", "*.sqlite", "*.sqlite3"}, QDir::Files);
    QCOMPARE(archives.size(), 1);
    QFile archive(newer + "/" + archives[0]);
    QVERIFY(archive.open(QIODevice::ReadWrite));
    archive.seek(60);  // user_version in SQLite's file header, big-endian
    archive.write(QByteArray::fromHex("0000ffff"));
    archive.close();
    const auto content = [&] {
      QVERIFY2(archive.open(QIODevice::ReadOnly), "the archive is gone");
    };
    content();
    const QByteArray before = archive.readAll();
    archive.close();
    const CliResult result = run_cli({"playback", "--profile", newer, "--json"});
    VERIFY_REFUSED(result);
    QVERIFY(result.err.contains("newer"));
    content();
    QCOMPARE(archive.readAll(), before);
  }

  void a_damaged_archive_is_named() {
    const QString damaged = folder_.filePath("damaged");
    QVERIFY(QDir().mkpath(damaged));
    QCOMPARE(run_cli({"import", sample_mailbox(), "--profile", damaged}).status, 0);
    const QStringList archives = QDir(damaged).entryList({"*.db", "*.sqlite", "*.sqlite3"});
    QCOMPARE(archives.size(), 1);
    QFile archive(damaged + "/" + archives[0]);
    QVERIFY(archive.open(QIODevice::ReadWrite));
    archive.write(QByteArray(4096, 'x'));
    archive.close();
    VERIFY_REFUSED(run_cli({"playback", "--profile", damaged}));
  }

  void a_corrupt_index_is_made_anew() {
    if (!has_built_in_model()) QSKIP(no_model);
    // One search spends a few seconds on indexing at most: it may take several to index it all.
    const auto hits_of_whole_index = [&] {
      QJsonValue hits, before;
      for (int i = 0; i < 20 && (hits != before || hits.isNull()); ++i) {
        before = hits;
        const CliResult result = cli({"search", "guillotine"});
        hits = result.status == 0 ? result.json().value("hits") : QJsonValue();
      }
      return hits;
    };
    const QJsonValue hits = hits_of_whole_index();
    QVERIFY(!hits.toArray().isEmpty());
    QVERIFY(!index_files().isEmpty());
    for (const QString& path : index_files()) {
      QFile file(path);
      QVERIFY(file.open(QIODevice::ReadWrite));
      file.write(QByteArray(64, '\xff'));
    }
    QCOMPARE(hits_of_whole_index(), hits);
  }

  void a_model_file_that_is_no_model_is_named() {
    QVERIFY(QDir().mkpath(folder_.filePath("resources/models")));
    write("resources/models/built-in.safetensors", QByteArray(100, '\x7f'));
    const CliResult result =
        cli({"draft", "say hello"}, {"SANCHO_RESOURCES=" + folder_.filePath("resources")});
    VERIFY_REFUSED(result);
    QVERIFY(result.err.contains("built-in.safetensors"));
  }

  void a_model_file_cut_short_is_named() {
    if (!has_built_in_model()) QSKIP(no_model);
    QVERIFY(QDir().mkpath(folder_.filePath("resources/models")));
    const QString cut = folder_.filePath("resources/models/built-in.safetensors");
    QFile::remove(cut);
    QVERIFY(QFile::copy(resources() + "/models/built-in.safetensors", cut));
    QFile::setPermissions(cut, QFile::ReadOwner | QFile::WriteOwner);
    for (const qint64 bytes : {QFileInfo(cut).size() - 1, QFileInfo(cut).size() / 2, qint64{9}}) {
      QVERIFY(QFile::resize(cut, bytes));
      const CliResult result =
          cli({"draft", "say hello"}, {"SANCHO_RESOURCES=" + folder_.filePath("resources")});
      VERIFY_REFUSED(result);
      QVERIFY(result.err.contains("built-in.safetensors"));
    }
  }

  void a_missing_model_is_named() {
    VERIFY_REFUSED(cli({"model", "info", "no-such-model"}));
    VERIFY_REFUSED(cli({"draft", "say hello"}, {"SANCHO_RESOURCES=" + folder_.filePath("empty")}));
  }

  void too_little_address_space_is_said_with_the_numbers_data() {
    QTest::addColumn<int>("megabytes");
    QTest::addColumn<QString>("asked");
    QTest::newRow("none for the libraries") << 160 << "search lunch";
    // With more processors, what the libraries map and what training needs cannot be told apart.
    if (const int processors = QThread::idealThreadCount(); processors <= 4)
      QTest::newRow("none for training") << 128 * (processors + 1) + 40 << "train";
  }
  void too_little_address_space_is_said_with_the_numbers() {
    if (has_sanitizer) QSKIP("a sanitizer maps more than any limit");
    if (!has_built_in_model()) QSKIP(no_model);
    QFETCH(int, megabytes);
    QFETCH(QString, asked);
    QProcess process;
    const CliResult result =
        run_program(process, "sh",
                    {"-c", QString("ulimit -v %1; exec timeout 60 '%2' --profile '%3' --json %4")
                               .arg(megabytes * 1024)
                               .arg(cli_program(), profile_, asked)});
    VERIFY_REFUSED(result);
    QVERIFY2(result.err.contains(" MB"), result.err.constData());
  }

  void a_full_disk_loses_nothing_that_was_stored() {
    if (geteuid() != 0) QSKIP("only root may mount a small file system");
    const QString small = folder_.filePath("small");
    QVERIFY(QDir().mkdir(small));
    if (QProcess::execute("mount", {"-t", "tmpfs", "-o", "size=2m", "tmpfs", small}) != 0)
      QSKIP("mounting a small file system is not permitted here");
    mounted_ = small;
    const QStringList profile = {"--profile", small + "/profile", "--json"};
    const CliResult first = run_cli(QStringList{"import", sample_mailbox()} + profile);
    QCOMPARE(first.status, 0);
    const CliResult full =
        run_cli(QStringList{"import", write("big.mbox", mails(3000, 200))} + profile);
    VERIFY_REFUSED(full);
    const CliResult again = run_cli(QStringList{"import", sample_mailbox()} + profile);
    if (again.status == 0) QVERIFY(again.json()["own"].toInt() >= 172);
    QCOMPARE(QProcess::execute("mount", {"-o", "remount,size=64m", small}), 0);
    const CliResult after = run_cli(QStringList{"import", folder_.filePath("big.mbox")} + profile);
    QVERIFY2(after.status == 0, after.err.constData());
    const CliResult pairs = run_cli(QStringList{"playback"} + profile);
    QVERIFY2(pairs.status == 0, pairs.err.constData());
    QVERIFY(pairs.json()["own"].toInt() >= 172);
  }

 private:
  static bool chmod_all(const QString& folder) {
    return QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner |
                                             QFile::ReadOther | QFile::ExeOther);
  }
};

QTEST_GUILESS_MAIN(TestCliBadInput)
#include "test_cli_bad_input.moc"

#include "core/archive/import_job.h"

#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QThread>
#include <QtTest>
#include <filesystem>
#include <fstream>

using namespace sancho::core;
namespace fs = std::filesystem;

namespace {

std::string message(int number, const std::string& body) {
  const std::string n = std::to_string(number);
  return "From ana@x.org Wed Aug 30 14:15:00 2000\nFrom: Ana Diaz <ana@x.org>\nTo: bob@x.org\n"
         "Subject: number " +
         n + "\nMessage-ID: <" + n +
         "@x>\n"
         "Date: Wed, 30 Aug 2000 14:15:00 -0700\n\n" +
         body + " " + n + "\n\n";
}

std::string mailbox(int first, int count, std::size_t body = 100) {
  std::string text;
  for (int i = first; i < first + count; ++i) text += message(i, std::string(body, 'a'));
  return text;
}

}  // namespace

class ImportTest : public QObject {
  Q_OBJECT
  std::unique_ptr<QTemporaryDir> folder_;
  std::string box_, file_;

  void write(const std::string& text, std::ios::openmode mode = std::ios::trunc) {
    std::ofstream(box_, std::ios::binary | mode) << text;
  }
  ImportReport run(std::stop_token stop = {}) {
    Archive archive(file_);
    return import_mailboxes(archive, {box_}, {}, {}, stop);
  }

 private slots:
  void init() {
    folder_ = std::make_unique<QTemporaryDir>();
    box_ = folder_->filePath("box").toStdString();
    file_ = folder_->filePath("archive.db").toStdString();
  }

  void second_import_stores_nothing() {
    write(mailbox(0, 1200));
    const ImportReport first = run();
    QCOMPARE(first.read, 1200u);
    QCOMPARE(first.stored, 1200u);
    QCOMPARE(first.damaged, 0u);
    QCOMPARE(first.own, 1200u);
    const ImportReport second = run();
    QCOMPARE(second.read, 0u);
    QCOMPARE(second.stored, 0u);
    fs::last_write_time(box_, fs::file_time_type::clock::now() + std::chrono::hours(1));
    const ImportReport touched = run();
    QCOMPARE(touched.read, 1200u);
    QCOMPARE(touched.duplicates, 1200u);
  }

  void grown_mailbox_is_read_from_its_old_end() {
    write(mailbox(0, 10));
    run();
    write(mailbox(10, 5), std::ios::app);
    const ImportReport report = run();
    QCOMPARE(report.read, 5u);
    QCOMPARE(report.stored, 5u);
  }

  void rewritten_mailbox_is_read_anew() {
    write(mailbox(0, 10));
    run();
    write(mailbox(5, 20, 90));
    const ImportReport report = run();
    QCOMPARE(report.read, 20u);
    QCOMPARE(report.stored, 20u);
    write(mailbox(5, 3, 90));
    QCOMPARE(run().duplicates, 3u);
  }

  void cut_message_is_named_stored_and_read_again_when_it_has_grown() {
    const std::string whole = mailbox(0, 3);
    write(whole.substr(0, whole.size() - 40));
    const ImportReport cut = run();
    QCOMPARE(cut.stored, 3u);
    QCOMPARE(cut.damaged, 1u);
    QCOMPARE(cut.damage.size(), 1u);
    QCOMPARE(cut.damage[0].offset, mailbox(0, 2).size());
    write(whole.substr(whole.size() - 40), std::ios::app);
    const ImportReport grown = run();
    QCOMPARE(grown.read, 1u);
    QCOMPARE(grown.stored, 1u);
    QCOMPARE(grown.damaged, 0u);
  }

  void cancelled_import_goes_on_where_it_stopped() {
    write(mailbox(0, 3000));
    std::stop_source stop;
    {
      Archive archive(file_);
      const ImportReport report = import_mailboxes(
          archive, {box_}, {},
          [&](const ImportProgress& progress) {
            if (progress.read > 100) stop.request_stop();
          },
          stop.get_token());
      QVERIFY(report.cancelled);
      QVERIFY(report.stored < 3000);
      QCOMPARE(archive.message_count(), report.stored);
    }
    run();
    QCOMPARE(Archive(file_).message_count(), 3000u);
  }

  void named_addresses_are_confirmed() {
    write(mailbox(0, 3));
    Archive archive(file_);
    const ImportReport report = import_mailboxes(archive, {box_}, {"Someone@else.org"});
    QCOMPARE(report.own, 0u);
    QVERIFY(report.identities.at(0).confirmed);
    QCOMPARE(report.identities.at(0).address.address, std::string("someone@else.org"));
  }

  void folder_names_what_it_passed_over() {
    write(mailbox(0, 3));
    std::ofstream(folder_->filePath("notes.txt").toStdString()) << "milk\n";
    Archive archive(":memory:");
    const ImportReport report = import_mailboxes(archive, {folder_->path().toStdString()}, {});
    QCOMPARE(report.stored, 3u);
    QVERIFY(!report.passed_over.empty());
    QVERIFY_EXCEPTION_THROWN(import_mailboxes(archive, {"/no/such/mailbox"}, {}),
                             std::runtime_error);
  }

  void killed_import_loses_nothing_committed_and_ends_complete() {
    write(mailbox(0, 6'000, 300));
    auto* random = QRandomGenerator::global();
    std::size_t before = 0;
    for (int round = 0; round < 20; ++round) {
      QProcess worker;
      worker.start(IMPORT_WORKER, {QString::fromStdString(file_), QString::fromStdString(box_)});
      QVERIFY(worker.waitForStarted());
      QThread::msleep(static_cast<unsigned long>(random->bounded(5, 250)));
      worker.kill();
      worker.waitForFinished();
      Archive archive(file_);
      QCOMPARE(archive.integrity_check(), std::string("ok"));
      QVERIFY(archive.message_count() >= before);
      before = archive.message_count();
    }
    QCOMPARE(QProcess::execute(IMPORT_WORKER,
                               {QString::fromStdString(file_), QString::fromStdString(box_)}),
             0);
    Archive archive(file_);
    QCOMPARE(archive.message_count(), 6'000u);
    QCOMPARE(archive.own_count(), 6'000u);
    QCOMPARE(archive.identities().at(0).sent, 6'000u);
    QCOMPARE(archive.integrity_check(), std::string("ok"));
  }

  void six_people_are_stored_to_the_last_message_data() {
    QTest::addColumn<QString>("person");
    QTest::addColumn<int>("sent");
    QTest::newRow("kate-symes") << "kate-symes" << 1326;
    QTest::newRow("phillip-love") << "phillip-love" << 1485;
    QTest::newRow("vince-kaminski") << "vince-kaminski" << 1695;
    QTest::newRow("james-steffes") << "james-steffes" << 1377;
    QTest::newRow("gerald-nemec") << "gerald-nemec" << 2117;
    QTest::newRow("sally-beck") << "sally-beck" << 1410;
  }
  void six_people_are_stored_to_the_last_message() {
    QFETCH(QString, person);
    QFETCH(int, sent);
    const QString packed = QString(SANCHO_SHARED_DIR "/personas/%1.mbox.xz").arg(person);
    if (!QFile::exists(packed)) QSKIP("the shared test data is absent");
    QProcess xz;
    xz.setStandardOutputFile(QString::fromStdString(box_));
    xz.start("xz", {"-dc", packed});
    QVERIFY(xz.waitForFinished(60'000) && xz.exitCode() == 0);
    const ImportReport first = run();
    qInfo("%s: %zu read, %zu stored, %zu exact duplicates, %zu own", qPrintable(person), first.read,
          first.stored, first.duplicates, first.own);
    QCOMPARE(first.read, static_cast<std::size_t>(sent));
    QCOMPARE(first.stored + first.duplicates, first.read);
    QCOMPARE(first.own, first.stored);
    const ImportReport second = run();
    QCOMPARE(second.stored, 0u);
    QCOMPARE(Archive(file_).message_count(), first.stored);
  }
};

QTEST_GUILESS_MAIN(ImportTest)
#include "import_test.moc"

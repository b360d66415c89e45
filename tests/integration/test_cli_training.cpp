#include <csignal>

#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

#include "cli_runner.h"

/// Training as a front end sees it: a child that reports, can be stopped or killed, and goes on.
class TestCliTraining : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  QString profile_ = folder_.filePath("profile");

  QStringList words(const QStringList& more) const {
    return QStringList{"train", "--profile", profile_, "--json"} + more;
  }

  /// Reads progress until the child has taken `steps` training steps. Every line must be an object.
  static bool wait_for_step(QProcess& child, int steps) {
    child.setReadChannel(QProcess::StandardError);
    while (child.waitForReadyRead(300'000)) {
      while (child.canReadLine()) {
        const QJsonObject line = QJsonDocument::fromJson(child.readLine()).object();
        for (const char* key : {"phase", "step", "total_steps", "loss", "seconds", "seconds_left",
                                "tokens_per_second"})
          if (!line.contains(key)) return false;
        if (line["phase"] == "training" && line["step"].toInt() >= steps) return true;
      }
    }
    return false;
  }

 private slots:
  void initTestCase() {
    if (!has_built_in_model()) QSKIP(no_model);
    QCOMPARE(run_cli({"import", sample_mailbox(), "--profile", profile_}).status, 0);
  }

  void nothing_to_resume_is_said() {
    const CliResult result = run_cli(words({"--resume"}));
    QCOMPARE(result.status, 1);
    QVERIFY2(result.one_sentence(), result.err.constData());
  }

  void an_unknown_method_is_wrong_usage() {
    const CliResult result = run_cli(words({"--method", "dense"}));
    QCOMPARE(result.status, 2);
    QVERIFY2(result.one_sentence(), result.err.constData());
  }

  void sigterm_stops_with_status_0_and_an_unfinished_report() {
    const auto child = start_cli(words({"--epochs", "1", "--progress", "json"}));
    QVERIFY2(wait_for_step(*child, 1), child->readAllStandardError().constData());
    child->terminate();
    QVERIFY(child->waitForFinished(30'000));
    QCOMPARE(child->exitStatus(), QProcess::NormalExit);
    QCOMPARE(child->exitCode(), 0);
    const QJsonObject json = QJsonDocument::fromJson(child->readAllStandardOutput()).object();
    QCOMPARE(json["finished"].toBool(true), false);
  }

  void kill_9_loses_no_training_and_resume_finishes_it() {
    const auto child = start_cli(words({"--resume", "--progress", "json"}));
    QVERIFY2(wait_for_step(*child, 2), child->readAllStandardError().constData());
    child->kill();
    QVERIFY(child->waitForFinished());
    QCOMPARE(child->exitStatus(), QProcess::CrashExit);

    const CliResult result = run_cli(words({"--resume"}));
    QVERIFY2(result.status == 0, result.err.constData());
    const QJsonObject json = result.json();
    for (const char* key :
         {"pairs", "steps", "tokens", "loss_first", "loss_last", "heldout_ppl_before",
          "heldout_ppl_after", "optimizer_bytes_per_parameter", "tokens_per_second", "seconds",
          "peak_rss_mb", "version"})
      QVERIFY2(json.contains(key), key);
    QCOMPARE(json["finished"].toBool(), true);
    QVERIFY(json["heldout_ppl_after"].toDouble() < json["heldout_ppl_before"].toDouble());
  }

  void the_personal_model_writes_and_the_base_still_does() {
    const QStringList draft = {
        "draft", "tell Dev the gutter fell", "--seed", "5", "--profile", profile_, "--json"};
    const CliResult personal = run_cli(draft), base = run_cli(draft + QStringList{"--base"});
    QCOMPARE(personal.status, 0);
    QCOMPARE(base.status, 0);
    QVERIFY(personal.json()["model"] != base.json()["model"]);
  }
};

QTEST_GUILESS_MAIN(TestCliTraining)
#include "test_cli_training.moc"

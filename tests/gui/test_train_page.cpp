#include <QFile>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "app/desktop/loss_chart.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/train_messages.h"
#include "app/desktop/train_page.h"
#include "fixture.h"

using namespace sancho;
using namespace sancho::desktop;

namespace {

constexpr int kPatience = 20'000;  // milliseconds; only a hang takes as long

constexpr auto kProgress =
    "echo '{\"phase\":\"playback\",\"step\":0,\"total_steps\":0}' >&2\n"
    "echo '{\"phase\":\"training\",\"step\":1,\"total_steps\":4,\"loss\":3.5,\"seconds_left\":90}' "
    ">&2\n"
    "echo "
    "'{\"phase\":\"training\",\"step\":2,\"total_steps\":4,\"loss\":3.1,\"heldout_loss\":3.3}' "
    ">&2\n";

constexpr auto kResult =
    "echo '{\"finished\":true,\"steps\":4,\"heldout_ppl_before\":40,\"heldout_ppl_after\":30}'\n";

// Ends by itself after a while, so that a failing test leaves nothing behind.
constexpr auto kUntilTerminated =
    "trap 'echo \"{\\\"finished\\\":false,\\\"steps\\\":2}\"; exit 0' TERM\n"
    "for i in $(seq 600); do sleep 0.05; done\n";

void press(TrainPage& page, const char* button) {
  QTest::mouseClick(test::find<QPushButton>(&page, button), Qt::LeftButton);
}

}  // namespace

class TestTrainPage : public QObject {
  Q_OBJECT

 private slots:
  void progress_lines_are_read_with_what_they_lack() {
    const core::TrainStatus status =
        train_status({{"phase", "training"}, {"step", 7}, {"total_steps", 9}, {"loss", 2.5}});
    QCOMPARE(status.step, 7u);
    QCOMPARE(status.total_steps, 9u);
    QCOMPARE(status.loss, 2.5);
    QVERIFY(!status.heldout_loss);
    QCOMPARE(train_status({{"phase", "x"}, {"step", -5}}).step, 0u);
    QCOMPARE(train_status({{"phase", 3}, {"loss", "much"}}).loss, 0.0);
  }

  void a_run_fills_the_curve_and_ends_with_a_result_in_words() {
    test::Profile profile;
    profile.fill(5, 2);
    const auto assistant = profile.open();
    TrainPage page(assistant.get(), profile.write_script(QByteArray(kProgress) + kResult));
    QSignalSpy model_changed(&page, &TrainPage::model_changed);
    page.show();
    page.refresh();
    press(page, "start_training");
    QTRY_COMPARE_WITH_TIMEOUT(model_changed.count(), 1, kPatience);
    QCOMPARE(page.findChild<LossChart*>()->points(), 2);
    const QString result = test::find<QLabel>(&page, "training_result")->text();
    QVERIFY2(result.contains("25") && result.contains("40") && result.contains("30"),
             qPrintable(result));
    QVERIFY(!page.training());
    QVERIFY(test::find<QPushButton>(&page, "start_training")->isVisible());
  }

  void pausing_asks_the_child_to_end_with_a_checkpoint() {
    test::Profile profile;
    profile.fill(5, 2);
    const auto assistant = profile.open();
    TrainPage page(assistant.get(), profile.write_script(QByteArray(kProgress) + kUntilTerminated));
    page.show();
    page.refresh();
    press(page, "start_training");
    auto* chart = page.findChild<LossChart*>();
    QTRY_COMPARE_WITH_TIMEOUT(chart->points(), 2, kPatience);
    QVERIFY(test::find<QPushButton>(&page, "pause_training")->isVisible());
    QVERIFY(test::find<QLabel>(&page, "training_phase")->text().contains("2 of 4"));
    press(page, "pause_training");
    QTRY_VERIFY_WITH_TIMEOUT(!page.training(), kPatience);
    QVERIFY(test::find<QLabel>(&page, "training_result")->text().contains("Paused"));
    QVERIFY(!page.findChild<MessageBar*>()->isVisible());
  }

  void on_battery_it_waits_until_the_user_says_otherwise() {
    test::Profile profile;
    profile.fill(5, 2);
    const auto assistant = profile.open();
    const QString program = profile.write_script(
        "echo \"$@\" >> \"$(dirname \"$0\")/started\"\n"
        "case \"$*\" in *--on-battery*) " +
        QByteArray(kResult) +
        "exit 0;; esac\n"
        "echo "
        "'{\"phase\":\"training\",\"paused\":\"battery\",\"step\":2,\"total_steps\":4}' >&2\n" +
        kUntilTerminated);
    TrainPage page(assistant.get(), program);
    page.show();
    page.refresh();
    auto* anyway = test::find<QPushButton>(&page, "train_on_battery");
    QVERIFY(!anyway->isVisible());
    press(page, "start_training");
    QTRY_VERIFY_WITH_TIMEOUT(anyway->isVisible(), kPatience);
    QVERIFY(test::find<QLabel>(&page, "training_phase")->text().contains("battery"));
    press(page, "train_on_battery");
    QTRY_VERIFY_WITH_TIMEOUT(
        test::find<QLabel>(&page, "training_result")->text().startsWith("Done"), kPatience);
    QVERIFY(!anyway->isVisible());
    QFile started(profile.file("started"));
    QVERIFY(started.open(QIODevice::ReadOnly));
    QVERIFY(started.readAll().trimmed().split('\n').last().contains("train --resume --on-battery"));
  }

  void a_version_shows_its_report_and_is_rolled_back_to() {
    test::Profile profile;
    profile.fill(5, 2);
    for (const char* name : {"v0001", "v0002"}) profile.write_version(name);
    const auto assistant = profile.open();
    assistant->activate_version("v0002");
    TrainPage page(assistant.get());
    page.show();
    page.refresh();
    QSignalSpy changed(&page, &TrainPage::model_changed);
    auto* versions = test::find<QListView>(&page, "versions");
    QCOMPARE(versions->model()->rowCount(), 3);
    auto* activate = test::find<QPushButton>(&page, "activate_version");
    versions->setCurrentIndex(versions->model()->index(1, 0));
    QVERIFY(!activate->isEnabled());
    versions->setCurrentIndex(versions->model()->index(2, 0));
    QVERIFY(activate->isEnabled());
    const QString facts = test::find<QLabel>(&page, "version_facts")->text();
    QVERIFY2(facts.contains("7 mails") && facts.contains("MB"), qPrintable(facts));
    QCOMPARE(page.findChild<LossChart*>()->points(), 2);
    press(page, "activate_version");
    QTRY_COMPARE_WITH_TIMEOUT(changed.size(), 1, kPatience);
    QVERIFY(assistant->personal_versions().front().active);
    QVERIFY(!activate->isEnabled());
  }

  void a_failing_child_has_its_last_sentence_shown() {
    test::Profile profile;
    profile.fill(5, 2);
    const auto assistant = profile.open();
    TrainPage page(
        assistant.get(),
        profile.write_script(QByteArray(kProgress) +
                             "echo 'The disk is full: free 2 GB and resume.' >&2\nexit 1\n"));
    page.show();
    page.refresh();
    press(page, "start_training");
    auto* problem = page.findChild<MessageBar*>();
    QTRY_VERIFY_WITH_TIMEOUT(problem->isVisible(), kPatience);
    QCOMPARE(problem->sentence(), "The disk is full: free 2 GB and resume.");
  }

  void a_killed_child_and_a_missing_one_are_explained() {
    test::Profile profile;
    profile.fill(5, 2);
    const auto assistant = profile.open();
    for (const QString& program :
         {profile.write_script("kill -9 $$\n"), QStringLiteral("/nowhere/sancho-cli")}) {
      TrainPage page(assistant.get(), program);
      page.show();
      page.refresh();
      press(page, "start_training");
      auto* problem = page.findChild<MessageBar*>();
      QTRY_VERIFY_WITH_TIMEOUT(problem->isVisible(), kPatience);
      QVERIFY(!problem->sentence().isEmpty());
      QVERIFY(!page.training());
      QVERIFY(test::find<QPushButton>(&page, "start_training")->isEnabled());
    }
  }

  void without_own_mail_there_is_nothing_to_start() {
    test::Profile profile;
    const auto assistant = profile.open();
    TrainPage page(assistant.get());
    page.show();
    page.refresh();
    QVERIFY(!test::find<QPushButton>(&page, "start_training")->isEnabled());
  }
};

QTEST_MAIN(TestTrainPage)
#include "test_train_page.moc"

#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "app/desktop/loss_chart.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/train_page.h"
#include "app/desktop/cli_process.h"
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
    const auto status = CliProcess::parse_status(
        "{\"phase\":\"training\",\"step\":7,\"total_steps\":9,\"loss\":2.5}");
    QVERIFY(status);
    QCOMPARE(status->step, 7u);
    QCOMPARE(status->total_steps, 9u);
    QCOMPARE(status->loss, 2.5);
    QVERIFY(!status->heldout_loss);
    QVERIFY(!CliProcess::parse_status("warming up"));
    QVERIFY(!CliProcess::parse_status("{\"phase\":"));
    QVERIFY(!CliProcess::parse_status("[1,2]"));
    QCOMPARE(CliProcess::parse_status("{\"phase\":\"x\",\"step\":-5}")->step, 0u);
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

#include <sys/resource.h>

#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>
#include <QTimer>

#include "app/desktop/main_window.h"
#include "app/desktop/models_page.h"
#include "app/desktop/train_page.h"
#include "app/desktop/write_page.h"
#include "fixture.h"

using namespace sancho;
using namespace sancho::desktop;

namespace {

constexpr int kPatience = 120'000;  // milliseconds; only a hang takes as long
constexpr qint64 kLongestGap = 200;
constexpr double kIdleShare = 0.02;  // of one core: a blinking cursor and nothing else

// A job that talks as much as any would, and ends when it is asked to.
constexpr auto kTalkingJob =
    "trap 'echo \"{\\\"finished\\\":false}\"; exit 0' TERM\n"
    "for i in $(seq 4000); do\n"
    "echo "
    "\"{\\\"phase\\\":\\\"training\\\",\\\"step\\\":$i,\\\"total_steps\\\":4000,\\\"loss\\\":3.5}\""
    " >&2\n"
    "sleep 0.01; done\n";

/// Milliseconds for which this thread could have run, but another had the processor.
qint64 waited_for_processor() {
  QFile file("/proc/thread-self/schedstat");
  if (!file.open(QIODevice::ReadOnly)) return 0;
  return file.readAll().split(' ').value(1).toLongLong() / 1'000'000;
}

/// The longest time between two turns of the event loop that was this program's own doing.
class LoopWatch {
 public:
  LoopWatch() {
    QObject::connect(&timer_, &QTimer::timeout, [this] { tick(); });
    timer_.start(5);
    clock_.start();
    waited_ = waited_for_processor();
  }
  qint64 longest() const { return longest_; }
  int ticks() const { return ticks_; }

 private:
  void tick() {
    const qint64 waited = waited_for_processor();
    longest_ = std::max(longest_, clock_.restart() - (waited - waited_));
    waited_ = waited;
    ++ticks_;
  }

  QTimer timer_;
  QElapsedTimer clock_;
  qint64 waited_ = 0, longest_ = 0;
  int ticks_ = 0;
};

void turn_for(int milliseconds) {
  QEventLoop loop;
  QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
  loop.exec();
}

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::unique_ptr<MainWindow> open_window(const test::Profile& profile, const QString& program = {}) {
  auto window = std::make_unique<MainWindow>(profile.open(), program);
  window->show();
  window->activateWindow();
  if (!QTest::qWaitForWindowActive(window.get())) qFatal("The window does not become active");
  for (const auto place :
       {MainWindow::kTrain, MainWindow::kMailbox, MainWindow::kModels, MainWindow::kWrite}) {
    window->go(place);
    turn_for(100);
  }
  return window;
}

void draft_something(MainWindow& window) {
  auto* page = window.findChild<WritePage*>();
  test::find<QPlainTextEdit>(page, "instruction")->setPlainText("tell Ada that Friday is fine");
  page->start_or_stop();
}

}  // namespace

class TestResponsiveness : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    if (!test::has_built_in_model()) QSKIP("There is no built-in model here");
  }

  void the_window_answers_while_everything_is_at_work() {
    test::Profile profile;
    profile.fill(400, 400);
    const auto window = open_window(profile, profile.write_script(kTalkingJob));
    auto* train = window->findChild<TrainPage*>();
    LoopWatch watch;
    QTest::mouseClick(test::find<QPushButton>(train, "start_training"), Qt::LeftButton);
    draft_something(*window);
    auto* search = test::find<QLineEdit>(window.get(), "mail_search");
    auto* list = test::find<QListView>(window.get(), "mail_list");
    for (int round = 0; round < 6; ++round) {
      window->go(MainWindow::kMailbox);
      search->setText(round % 2 ? QString() : QStringLiteral("budget meeting"));
      turn_for(150);
      list->setCurrentIndex(list->model()->index(round, 0));
      window->reload();
      window->go(MainWindow::kModels);
      window->findChild<ModelsPage*>()->use("built-in");
      turn_for(150);
      window->go(round % 2 ? MainWindow::kTrain : MainWindow::kWrite);
      turn_for(150);
    }
    QVERIFY(train->training());
    train->pause();
    QTRY_VERIFY_WITH_TIMEOUT(!train->training(), kPatience);
    qInfo("longest gap %lld ms in %d turns", static_cast<long long>(watch.longest()),
          watch.ticks());
    QVERIFY(watch.ticks() > 50);
    QVERIFY2(watch.longest() < kLongestGap,
             qPrintable(QStringLiteral("%1 ms without a turn").arg(watch.longest())));
  }

  void after_a_draft_nothing_is_computed() {
    test::Profile profile;
    profile.fill(20, 20);
    const auto window = open_window(profile);
    auto* page = window->findChild<WritePage*>();
    draft_something(*window);
    QTRY_VERIFY_WITH_TIMEOUT(!page->drafting(), kPatience);
    turn_for(1000);
    const double before = processor_seconds();
    QElapsedTimer clock;
    clock.start();
    turn_for(2000);
    const double share =
        (processor_seconds() - before) * 1000 / static_cast<double>(clock.elapsed());
    qInfo("%.2f %% of a core", 100 * share);
    QVERIFY(share < kIdleShare);
  }
};

QTEST_MAIN(TestResponsiveness)
#include "test_responsiveness.moc"

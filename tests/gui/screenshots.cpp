// Drives the real window over a profile of its own and saves a picture of every page and wizard
// step: sancho_screenshots FOLDER [--train] [MAILBOX…]

#include <QApplication>
#include <QCheckBox>
#include <QDeadlineTimer>
#include <QDir>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <cstdio>

#include "app/desktop/compress_dialog.h"
#include "app/desktop/import_pages.h"
#include "app/desktop/import_wizard.h"
#include "app/desktop/loss_chart.h"
#include "app/desktop/mailbox_page.h"
#include "app/desktop/main_window.h"
#include "app/desktop/models_page.h"
#include "app/desktop/settings_dialog.h"
#include "app/desktop/text.h"
#include "app/desktop/train_page.h"
#include "app/desktop/translation.h"
#include "app/desktop/write_page.h"
#include "fixture.h"

using namespace sancho;
using namespace sancho::desktop;

namespace {

constexpr QSize kSize(1100, 720);
constexpr int kMinute = 60'000;  // milliseconds
constexpr auto kInstruction = "thank Dev for the roof, ask for the scaffolding date by Friday";

/// Lets the window work until `done` holds or the time is over.
template <class Condition>
bool wait_for(Condition done, int milliseconds) {
  for (const QDeadlineTimer deadline(milliseconds); !deadline.hasExpired(); QTest::qWait(20))
    if (done()) return true;
  return done();
}

class Photographer {
 public:
  Photographer(QString folder, Theme& theme) : folder_(std::move(folder)), theme_(theme) {}

  void take(const QString& name, QWidget* window) {
    for (auto [choice, suffix] :
         {std::pair(Theme::Choice::light, "light"), {Theme::Choice::dark, "dark"}}) {
      theme_.choose(choice);
      QTest::qWait(60);
      save(window->grab(), QStringLiteral("%1-%2").arg(name, QLatin1String(suffix)));
    }
    theme_.choose(Theme::Choice::light);
  }

  /// A dialog in front of its window.
  void take(const QString& name, QWidget* dialog, QWidget* window) {
    for (auto [choice, suffix] :
         {std::pair(Theme::Choice::light, "light"), {Theme::Choice::dark, "dark"}}) {
      theme_.choose(choice);
      QTest::qWait(60);
      QPixmap picture = window->grab();
      QPainter painter(&picture);
      painter.fillRect(QRect(QPoint(), kSize), QColor(0, 0, 0, 90));
      const QPoint corner((kSize.width() - dialog->width()) / 2,
                          (kSize.height() - dialog->height()) / 2);
      painter.drawPixmap(corner, dialog->grab());
      painter.end();
      save(picture, QStringLiteral("%1-%2").arg(name, QLatin1String(suffix)));
    }
    theme_.choose(Theme::Choice::light);
  }

 private:
  void save(const QPixmap& picture, const QString& name) {
    const QString path = QDir(folder_).filePath(name + ".png");
    std::printf("%s%s\n", picture.save(path) ? "" : "not written: ", qPrintable(path));
  }

  QString folder_;
  Theme& theme_;
};

void press(QWidget* parent, const char* name) {
  QTest::mouseClick(test::find<QPushButton>(parent, name), Qt::LeftButton);
}

void show_wizard(MainWindow& window, const QStringList& mailboxes, Photographer& photographer) {
  ImportWizard wizard(window.assistant().profile(), true);
  wizard.show();
  photographer.take("1-welcome", &wizard, &window);
  wizard.next();
  static_cast<ChoosePage*>(wizard.page(ImportWizard::kChoose))->add_paths(mailboxes);
  photographer.take("2-choose", &wizard, &window);
  wizard.next();
  QTest::qWait(150);
  if (wizard.currentId() == ImportWizard::kProgress)
    photographer.take("3-import", &wizard, &window);
  wait_for([&] { return wizard.currentId() == ImportWizard::kIdentities; }, 5 * kMinute);
  photographer.take("4-addresses", &wizard, &window);
  wizard.next();
  wait_for([&] { return wizard.currentId() == ImportWizard::kSummary; }, kMinute);
  photographer.take("5-summary", &wizard, &window);
  wizard.accept();
}

void show_draft(MainWindow& window, Photographer& photographer, const QString& name) {
  window.go(MainWindow::kWrite);
  auto* page = window.findChild<WritePage*>();
  test::find<QPlainTextEdit>(page, "instruction")->setPlainText(kInstruction);
  if (!page->drafting()) press(page, "draft");
  wait_for([&] { return !page->drafting(); }, 5 * kMinute);
  photographer.take(name, &window);
}

void show_mailbox(MainWindow& window, Photographer& photographer) {
  window.go(MainWindow::kMailbox);
  auto* list = test::find<QListView>(&window, "mail_list");
  list->setCurrentIndex(list->model()->index(1, 0));
  photographer.take("8-mailbox", &window);
}

void show_training(MainWindow& window, Photographer& photographer, bool train) {
  window.go(MainWindow::kTrain);
  auto* page = window.findChild<TrainPage*>();
  QTest::qWait(2000);
  photographer.take("6-train", &window);
  if (!train) return;
  press(page, "start_training");
  const auto* chart = page->findChild<LossChart*>();
  wait_for([&] { return chart->points() >= 12 || !page->training(); }, 10 * kMinute);
  photographer.take("6-training", &window);
  wait_for([&] { return !page->training(); }, 30 * kMinute);
  photographer.take("6-trained", &window);
}

void show_models(MainWindow& window, Photographer& photographer, bool compress) {
  window.go(MainWindow::kModels);
  auto* page = window.findChild<ModelsPage*>();
  const auto* models = test::find<QListView>(page, "models")->model();
  page->refresh();
  wait_for([&] { return models->rowCount() > 0; }, kMinute);
  photographer.take("10-models", &window);
  const std::filesystem::path folder = window.assistant().profile() / "models";
  CompressDialog dialog(window.assistant().models().front(), folder,
                        window.assistant().archive().own_count(), &window);
  dialog.show();
  photographer.take("10-compress", &dialog, &window);
  dialog.hide();
  if (!compress) return;
  const int before = models->rowCount();
  const auto out = folder / "small.safetensors";
  page->compress("small",
                 {"model", "compress", "built-in", "--out", to_qt(out), "--format", "sparse60-int4",
                  "--method", "evopress", "--generations", "12"},
                 out);
  wait_for([&] { return !page->compressing() && models->rowCount() > before; }, 20 * kMinute);
  photographer.take("10-compressed", &window);
}

void show_settings(MainWindow& window, Photographer& photographer) {
  SettingsDialog dialog(&window.assistant(), &window);
  dialog.show();
  QTest::qWait(500);
  photographer.take("9-settings", &dialog, &window);
}

}  // namespace

int main(int argc, char** argv) {
  QApplication app(argc, argv);
  QStringList arguments = QApplication::arguments().mid(1);
  const bool train = arguments.removeAll("--train") > 0;
  if (arguments.isEmpty() || !QDir().mkpath(arguments.first())) {
    std::fprintf(stderr, "Usage: sancho_screenshots FOLDER [--train] [MAILBOX…]\n");
    return 2;
  }
  QStringList mailboxes = arguments.mid(1);
  if (mailboxes.isEmpty()) mailboxes << to_qt(core::Assistant::resource_dir() / "sample-mailbox");

  install_translation(app);
  Theme theme(app);
  theme.choose(Theme::Choice::light);
  Photographer photographer(arguments.first(), theme);
  const test::Profile profile;
  MainWindow window(profile.open(),
                    QDir(QApplication::applicationDirPath()).filePath("sancho-cli"));
  window.resize(kSize);
  window.show();

  show_wizard(window, mailboxes, photographer);
  window.reload();
  show_draft(window, photographer, "7-write");
  show_mailbox(window, photographer);
  show_training(window, photographer, train);
  if (train) {
    test::find<QCheckBox>(&window, "compare")->setChecked(true);
    show_draft(window, photographer, "7-compare");
  }
  show_models(window, photographer, train);
  show_settings(window, photographer);
  return 0;
}

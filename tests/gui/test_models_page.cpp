#include <QComboBox>
#include <QFile>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QTreeWidget>

#include "app/desktop/compress_dialog.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/message_list_model.h"
#include "app/desktop/models_page.h"
#include "app/desktop/text.h"
#include "fixture.h"

using namespace sancho;
using namespace sancho::desktop;

namespace {

constexpr int kPatience = 60'000;  // milliseconds; only a hang takes as long

const QStringList kVerb{"model", "compress", "built-in", "--format", "int4"};

// Ends by itself after a while, so that a failing test leaves nothing behind.
constexpr auto kUntilTerminated =
    "echo '{\"phase\":\"compressing\",\"step\":3,\"total_steps\":9,\"what\":\"q_proj\"}' >&2\n"
    "trap 'echo \"{\\\"finished\\\":false}\"; exit 0' TERM\n"
    "for i in $(seq 600); do sleep 0.05; done\n";

QStringList names(const ModelsPage& page) {
  const QAbstractItemModel* models = page.findChild<QListView*>("models")->model();
  QStringList names;
  for (int row = 0; row < models->rowCount(); ++row)
    names << models->index(row, 0).data().toString();
  return names;
}

QString in_use(const ModelsPage& page) {
  const QAbstractItemModel* models = page.findChild<QListView*>("models")->model();
  for (int row = 0; row < models->rowCount(); ++row)
    if (models->index(row, 0).data(kOwnRole).toBool())
      return models->index(row, 0).data().toString();
  return {};
}

void select(ModelsPage& page, const QString& name) {
  auto* view = test::find<QListView>(&page, "models");
  view->setCurrentIndex(view->model()->index(static_cast<int>(names(page).indexOf(name)), 0));
}

bool enabled(ModelsPage& page, const char* button) {
  return test::find<QPushButton>(&page, button)->isEnabled();
}

void press(ModelsPage& page, const char* button) {
  QTest::mouseClick(test::find<QPushButton>(&page, button), Qt::LeftButton);
}

std::filesystem::path built_in() {
  return core::Assistant::resource_dir() / "models" / "built-in.safetensors";
}

std::unique_ptr<ModelsPage> open_page(core::Assistant& assistant, const QString& program = {}) {
  auto page = std::make_unique<ModelsPage>(&assistant, program);
  page->show();
  page->refresh();
  if (!QTest::qWaitFor([&] { return !names(*page).isEmpty(); }, kPatience))
    qFatal("The models are not listed");
  return page;
}

core::ModelEntry entry(const core::Assistant& assistant) {
  return assistant.models().front();
}

}  // namespace

class TestModelsPage : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    if (!test::has_built_in_model()) QSKIP("There is no built-in model here");
  }

  void the_shipped_model_is_in_use_and_stays() {
    test::Profile profile;
    const auto assistant = profile.open();
    const auto page = open_page(*assistant);
    QCOMPARE(in_use(*page), "built-in");
    QCOMPARE(test::find<QLabel>(page.get(), "model_heading")->text(), "built-in");
    QVERIFY(!enabled(*page, "use_model"));
    QVERIFY(!enabled(*page, "remove_model"));
    QVERIFY(enabled(*page, "export_model"));
  }

  void a_model_is_added_used_and_removed() {
    test::Profile profile;
    const auto assistant = profile.open();
    const QString file = profile.file("mine.safetensors");
    QVERIFY(QFile::copy(to_qt(built_in()), file));
    const auto page = open_page(*assistant);
    QSignalSpy changed(page.get(), &ModelsPage::model_changed);

    page->add(to_path(file));
    QTRY_VERIFY_WITH_TIMEOUT(names(*page).contains("mine"), kPatience);
    QCOMPARE(test::find<QLabel>(page.get(), "model_heading")->text(), "mine");
    QTRY_VERIFY_WITH_TIMEOUT(enabled(*page, "use_model"), kPatience);
    QVERIFY(changed.empty());

    press(*page, "use_model");
    QTRY_COMPARE_WITH_TIMEOUT(in_use(*page), "mine", kPatience);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(assistant->archive().setting(core::setting_model), "mine");
    QVERIFY(!enabled(*page, "remove_model"));

    page->use("built-in");
    QTRY_COMPARE_WITH_TIMEOUT(in_use(*page), "built-in", kPatience);
    select(*page, "mine");
    QTRY_VERIFY_WITH_TIMEOUT(enabled(*page, "remove_model"), kPatience);
    page->remove("mine");
    QTRY_VERIFY_WITH_TIMEOUT(!names(*page).contains("mine"), kPatience);
    QVERIFY(!std::filesystem::exists(profile.path() / "models" / "mine.safetensors"));
  }

  void what_is_no_model_is_refused_in_one_sentence() {
    test::Profile profile;
    const auto assistant = profile.open();
    QFile file(profile.file("broken.gguf"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("GGUF and nothing behind it");
    file.close();
    const auto page = open_page(*assistant);
    page->add(to_path(file.fileName()));
    auto* problem = page->findChild<MessageBar*>();
    QTRY_VERIFY_WITH_TIMEOUT(problem->isVisible(), kPatience);
    QVERIFY2(problem->sentence().contains("broken.gguf"), qPrintable(problem->sentence()));
    QCOMPARE(names(*page).count("broken"), 0);
  }

  void a_model_is_written_for_other_programs() {
    test::Profile profile;
    const auto assistant = profile.open();
    const auto page = open_page(*assistant);
    page->export_to("built-in", "gguf", to_path(profile.file("out")));
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(profile.file("out/built-in.f16.gguf")), kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(enabled(*page, "export_model"), kPatience);
    QVERIFY(!page->findChild<MessageBar*>()->isVisible());
  }

  void goals_in_plain_words_become_methods() {
    test::Profile profile;
    const auto assistant = profile.open();
    CompressDialog dialog(entry(*assistant), profile.path() / "models", 12);
    dialog.show();
    test::find<QRadioButton>(&dialog, "goal_0")->setChecked(true);
    QVERIFY(dialog.verb().contains("int8"));
    QVERIFY(!dialog.verb().contains("--budget"));
    QVERIFY(!dialog.verb().contains("evopress"));
    QCOMPARE(dialog.name(), "built-in-int8");
    QVERIFY(!test::find<QComboBox>(&dialog, "format")->isVisible());

    test::find<QRadioButton>(&dialog, "goal_4")->setChecked(true);
    test::find<QSpinBox>(&dialog, "budget")->setValue(3);
    const QStringList verb = dialog.verb();
    QVERIFY(verb.contains("evopress"));
    QCOMPARE(verb[verb.indexOf("--budget") + 1], "3000000");
    QVERIFY(!verb.contains("--calibration"));

    test::find<QRadioButton>(&dialog, "goal_5")->setChecked(true);
    QVERIFY(test::find<QComboBox>(&dialog, "format")->isVisible());
    dialog.accept();
    QCOMPARE(dialog.result(), int(QDialog::Accepted));
  }

  void what_is_missing_is_said_before_anything_starts() {
    test::Profile profile;
    const auto assistant = profile.open();
    CompressDialog dialog(entry(*assistant), profile.path() / "models", 0);
    dialog.show();
    dialog.accept();
    auto* problem = dialog.findChild<MessageBar*>();
    QVERIFY(problem->isVisible());
    QCOMPARE(dialog.result(), 0);
    auto* path = test::find<QLineEdit>(&dialog, "text_file");
    path->setText("/nowhere/text.txt");
    dialog.accept();
    QVERIFY(problem->sentence().contains("/nowhere/text.txt"));
    path->setText(profile.write_mailbox(1, 1));
    test::find<QLineEdit>(&dialog, "model_name")->setText("../up");
    dialog.accept();
    QCOMPARE(dialog.result(), 0);
    test::find<QLineEdit>(&dialog, "model_name")->setText("up");
    dialog.accept();
    QCOMPARE(dialog.result(), int(QDialog::Accepted));
  }

  void a_paused_compression_is_resumed_by_the_next_window() {
    test::Profile profile;
    const auto assistant = profile.open();
    const QString program = profile.write_script("echo \"$@\" >> \"$(dirname \"$0\")/started\"\n" +
                                                 QByteArray(kUntilTerminated));
    const std::filesystem::path out = profile.path() / "models" / "small.safetensors";
    {
      const auto page = open_page(*assistant, program);
      page->compress("small", kVerb, out);
      auto* words = test::find<QLabel>(page.get(), "compression_phase");
      QTRY_VERIFY_WITH_TIMEOUT(words->text().contains("q_proj"), kPatience);
      QVERIFY(words->text().contains("3 of 9"));
      QVERIFY(!enabled(*page, "compress_model"));
      press(*page, "pause_compression");
      QTRY_VERIFY_WITH_TIMEOUT(!page->compressing(), kPatience);
    }
    const auto page = open_page(*assistant, program);
    auto* resume = test::find<QPushButton>(page.get(), "resume_compression");
    QTRY_VERIFY_WITH_TIMEOUT(resume->isVisible(), kPatience);
    press(*page, "resume_compression");
    auto* words = test::find<QLabel>(page.get(), "compression_phase");
    QTRY_VERIFY_WITH_TIMEOUT(words->text().contains("q_proj"), kPatience);
    page->pause();
    QTRY_VERIFY_WITH_TIMEOUT(!page->compressing(), kPatience);
    QFile started(profile.file("started"));
    QVERIFY(started.open(QIODevice::ReadOnly));
    const QList<QByteArray> lines = started.readAll().trimmed().split('\n');
    QCOMPARE(lines.size(), 2);
    QCOMPARE(lines[0], lines[1]);
    QVERIFY(lines[0].contains("model compress built-in --format int4 --background"));
  }

  void a_finished_compression_shows_its_report() {
    const QString program = QStringLiteral(SANCHO_BINARY_DIR "/bin/sancho-cli");
    if (!QFile::exists(program)) QSKIP("sancho-cli is not built");
    test::Profile profile;
    profile.fill(60, 2);
    const auto assistant = profile.open();
    const auto page = open_page(*assistant, program);
    const std::filesystem::path out = profile.path() / "models" / "small.safetensors";
    page->compress("small",
                   {"model", "compress", "built-in", "--out", to_qt(out), "--format", "int4",
                    "--calibration-tokens", "500", "--measure-tokens", "0"},
                   out);
    const auto* problem = page->findChild<MessageBar*>();
    QTRY_VERIFY_WITH_TIMEOUT(names(*page).contains("small") || problem->isVisible(), kPatience);
    QVERIFY2(names(*page).contains("small"), qPrintable(problem->sentence()));
    QCOMPARE(test::find<QLabel>(page.get(), "model_heading")->text(), "small");
    const auto* layers = test::find<QTreeWidget>(page.get(), "layers");
    QVERIFY(layers->isVisible());
    QCOMPARE(layers->topLevelItemCount(),
             int(7 * entry(*assistant).about.config.num_hidden_layers));
    QVERIFY(assistant->archive().setting("compression_job").empty());
    QVERIFY(!test::find<QPushButton>(page.get(), "resume_compression")->isVisible());
  }
};

QTEST_MAIN(TestModelsPage)
#include "test_models_page.moc"

#include <QCheckBox>
#include <QClipboard>
#include <QGuiApplication>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

#include "app/desktop/draft_column.h"
#include "app/desktop/grounded_edit.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/write_page.h"
#include "fixture.h"

using namespace sancho;
using namespace sancho::desktop;

namespace {

constexpr int kPatience = 120'000;  // milliseconds; only a hang takes as long

core::Draft draft_with(const std::string& body, const std::vector<core::Grounding>& grounding) {
  core::Draft draft;
  draft.body = body;
  draft.subject = "Figures";
  draft.grounding = grounding;
  return draft;
}

}  // namespace

class TestWritePage : public QObject {
  Q_OBJECT

 private slots:
  void an_empty_instruction_is_asked_for() {
    test::Profile profile;
    const auto assistant = profile.open();
    WritePage page(assistant.get());
    page.show();
    page.refresh();
    QTest::mouseClick(test::find<QPushButton>(&page, "draft"), Qt::LeftButton);
    QVERIFY(page.findChild<MessageBar*>()->isVisible());
    QVERIFY(!page.drafting());
  }

  void a_missing_model_is_said_in_one_sentence() {
    test::Profile profile;
    profile.fill(3, 3);
    const QByteArray before = qgetenv("SANCHO_RESOURCES");
    qputenv("SANCHO_RESOURCES", QByteArray::fromStdString((profile.path() / "nothing").string()));
    const auto assistant = profile.open();
    WritePage page(assistant.get());
    page.show();
    test::find<QPlainTextEdit>(&page, "instruction")->setPlainText("thank Ada for the figures");
    QTest::mouseClick(test::find<QPushButton>(&page, "draft"), Qt::LeftButton);
    auto* problem = page.findChild<MessageBar*>();
    QTRY_VERIFY_WITH_TIMEOUT(problem->isVisible(), kPatience);
    QVERIFY2(problem->sentence().contains("model"), qPrintable(problem->sentence()));
    QVERIFY(!page.drafting());
    before.isNull() ? qunsetenv("SANCHO_RESOURCES") : qputenv("SANCHO_RESOURCES", before);
  }

  void a_draft_streams_into_the_editor_and_can_be_kept() {
    if (!test::has_built_in_model()) QSKIP("the built-in model is not there");
    test::Profile profile;
    profile.fill(20, 20);
    const auto assistant = profile.open();
    WritePage page(assistant.get());
    page.show();
    page.refresh();
    auto* instruction = test::find<QPlainTextEdit>(&page, "instruction");
    QTest::keyClicks(instruction, "thank Ada for the March figures");
    QTest::keyClicks(test::find<QLineEdit>(&page, "recipient"), "ada@example.com");
    QTest::mouseClick(test::find<QPushButton>(&page, "draft"), Qt::LeftButton);
    QVERIFY(page.drafting());
    QTRY_VERIFY_WITH_TIMEOUT(!page.drafting(), kPatience);
    auto* column = test::find<DraftColumn>(&page, "draft_column");
    QVERIFY2(!column->empty(), qPrintable(page.findChild<MessageBar*>()->sentence()));
    QVERIFY(!test::find<QPlainTextEdit>(column, "draft_body")->isReadOnly());

    QTest::mouseClick(test::find<QPushButton>(column, "save_draft"), Qt::LeftButton);
    QTRY_COMPARE(assistant->archive().drafts().size(), 1u);
    const auto drafts = assistant->archive().drafts();
    QCOMPARE(drafts[0].body, column->text().toStdString());
    QCOMPARE(drafts[0].instruction, "thank Ada for the March figures");
  }

  void a_draft_can_be_stopped() {
    if (!test::has_built_in_model()) QSKIP("the built-in model is not there");
    test::Profile profile;
    profile.fill(20, 20);
    const auto assistant = profile.open();
    WritePage page(assistant.get());
    page.show();
    test::find<QPlainTextEdit>(&page, "instruction")->setPlainText("tell Ben about the budget");
    auto* go = test::find<QPushButton>(&page, "draft");
    QTest::mouseClick(go, Qt::LeftButton);
    QTest::mouseClick(go, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!page.drafting(), kPatience);
    QVERIFY(go->isEnabled());
  }

  void comparing_shows_a_second_column() {
    test::Profile profile;
    const auto assistant = profile.open();
    WritePage page(assistant.get());
    page.show();
    auto* base = test::find<DraftColumn>(&page, "base_column");
    auto* compare = test::find<QCheckBox>(&page, "compare");
    QVERIFY(!base->isVisible());
    compare->setChecked(true);
    QVERIFY(base->isVisible());
    compare->setChecked(false);
    QVERIFY(!base->isVisible());
  }

  void answering_a_mail_names_it_and_its_sender() {
    test::Profile profile;
    profile.fill(1, 1);
    const auto assistant = profile.open();
    WritePage page(assistant.get());
    const auto received = assistant->archive().list({}, false, 1, 0).at(0);
    page.answer(received);
    QCOMPARE(test::find<QLineEdit>(&page, "recipient")->text(), "ada@example.com");
    QVERIFY(test::find<QPushButton>(&page, "choose_reply")->text().contains("About"));
  }

  void facts_nobody_gave_are_underlined_until_edited() {
    GroundedEdit edit;
    edit.setPlainText("See you at 14:30 with the 500 euros.");
    edit.set_grounding({{"14:30", "time", "none"}, {"500 euros", "amount", "instruction"}});
    QCOMPARE(edit.unchecked(), 1);
    QCOMPARE(edit.extraSelections().size(), 1);
    QCOMPARE(edit.extraSelections().at(0).cursor.selectedText(), "14:30");

    QTextCursor cursor(edit.document());
    cursor.insertText("Hello. ");
    QCOMPARE(edit.unchecked(), 1);
    cursor = edit.document()->find("14:30");
    cursor.insertText("15:00");
    QCOMPARE(edit.unchecked(), 0);
    QVERIFY(edit.extraSelections().isEmpty());
  }

  void an_edited_draft_is_what_is_copied() {
    DraftColumn column;
    column.finish(draft_with("Dear Ada", {}));
    test::find<QPlainTextEdit>(&column, "draft_body")->setPlainText("Dear Ben");
    column.copy();
    QCOMPARE(QGuiApplication::clipboard()->text(), "Dear Ben");
    QCOMPARE(column.edited().body, "Dear Ben");
    QCOMPARE(column.edited().subject, "Figures");
  }

  void streamed_text_is_read_only_until_it_ends() {
    DraftColumn column;
    auto* body = test::find<QPlainTextEdit>(&column, "draft_body");
    column.begin();
    column.append("Dear ");
    column.append("Ada");
    QCOMPARE(column.text(), "Dear Ada");
    QVERIFY(body->isReadOnly());
    QVERIFY(!test::find<QPushButton>(&column, "save_draft")->isEnabled());
    column.finish(draft_with("Dear Ada,\nthanks", {}));
    QCOMPARE(column.text(), "Dear Ada,\nthanks");
    QVERIFY(!body->isReadOnly());
    QVERIFY(test::find<QPushButton>(&column, "save_draft")->isEnabled());
  }
};

QTEST_MAIN(TestWritePage)
#include "test_write_page.moc"

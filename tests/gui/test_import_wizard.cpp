#include <QDir>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "app/desktop/import_pages.h"
#include "app/desktop/import_wizard.h"
#include "app/desktop/message_bar.h"
#include "fixture.h"

using namespace sancho;
using namespace sancho::desktop;

namespace {

constexpr int kPatience = 20'000;  // milliseconds; only a hang takes as long

void press(QWizard& wizard, QWizard::WizardButton which) {
  QTest::mouseClick(wizard.button(which), Qt::LeftButton);
}

ChoosePage* choose_page(ImportWizard& wizard) {
  return static_cast<ChoosePage*>(wizard.page(ImportWizard::kChoose));
}

}  // namespace

class TestImportWizard : public QObject {
  Q_OBJECT

 private slots:
  void leads_from_the_welcome_to_the_summary() {
    test::Profile profile;
    const QString file = profile.write_mailbox(8, 5);
    ImportWizard wizard(profile.path(), true);
    QSignalSpy changed(&wizard, &ImportWizard::archive_changed);
    wizard.show();
    QCOMPARE(wizard.currentId(), ImportWizard::kWelcome);
    press(wizard, QWizard::NextButton);
    QCOMPARE(wizard.currentId(), ImportWizard::kChoose);
    QVERIFY(!wizard.button(QWizard::NextButton)->isEnabled());

    choose_page(wizard)->add_paths({file});
    QVERIFY(wizard.button(QWizard::NextButton)->isEnabled());
    press(wizard, QWizard::NextButton);
    QTRY_COMPARE_WITH_TIMEOUT(wizard.currentId(), ImportWizard::kIdentities, kPatience);

    auto* senders = test::find<QListWidget>(&wizard, "identities");
    for (int i = 0; i < senders->count(); ++i) {
      const bool mine = senders->item(i)->data(Qt::UserRole).toString() == test::kMe;
      senders->item(i)->setCheckState(mine ? Qt::Checked : Qt::Unchecked);
    }
    press(wizard, QWizard::NextButton);
    QTRY_COMPARE_WITH_TIMEOUT(wizard.currentId(), ImportWizard::kSummary, kPatience);
    QCOMPARE(test::find<QLabel>(&wizard, "summary_read")->text(), "13");
    QCOMPARE(test::find<QLabel>(&wizard, "summary_stored")->text(), "13");
    QCOMPARE(test::find<QLabel>(&wizard, "summary_own")->text(), "8");
    QVERIFY(changed.count() >= 1);
    press(wizard, QWizard::FinishButton);
    QVERIFY(!wizard.isVisible());

    const auto assistant = profile.open();
    QCOMPARE(assistant->archive().message_count(), 13u);
    QCOMPARE(assistant->archive().own_count(), 8u);
  }

  void needs_at_least_one_address() {
    test::Profile profile;
    ImportWizard wizard(profile.path(), false);
    wizard.show();
    choose_page(wizard)->add_paths({profile.write_mailbox(3, 3)});
    press(wizard, QWizard::NextButton);
    QTRY_COMPARE_WITH_TIMEOUT(wizard.currentId(), ImportWizard::kIdentities, kPatience);
    auto* senders = test::find<QListWidget>(&wizard, "identities");
    for (int i = 0; i < senders->count(); ++i) senders->item(i)->setCheckState(Qt::Unchecked);
    QVERIFY(!wizard.button(QWizard::NextButton)->isEnabled());
    senders->item(0)->setCheckState(Qt::Checked);
    QVERIFY(wizard.button(QWizard::NextButton)->isEnabled());
  }

  void says_in_one_sentence_why_a_path_cannot_be_read() {
    test::Profile profile;
    ImportWizard wizard(profile.path(), false);
    wizard.show();
    choose_page(wizard)->add_paths({"/nowhere/at/all.mbox"});
    press(wizard, QWizard::NextButton);
    auto* problem = wizard.page(ImportWizard::kProgress)->findChild<MessageBar*>();
    QTRY_VERIFY_WITH_TIMEOUT(problem->isVisible(), kPatience);
    QVERIFY2(problem->sentence().contains("/nowhere/at/all.mbox"), qPrintable(problem->sentence()));
    QVERIFY(!wizard.button(QWizard::NextButton)->isEnabled());
  }

  void an_empty_file_is_said_to_hold_no_mail() {
    test::Profile profile;
    ImportWizard wizard(profile.path(), false);
    wizard.show();
    choose_page(wizard)->add_paths({profile.write_mailbox(0, 0)});
    press(wizard, QWizard::NextButton);
    QTRY_VERIFY_WITH_TIMEOUT(!wizard.worker().busy(), kPatience);
    QCOMPARE(wizard.currentId(), ImportWizard::kProgress);
    QVERIFY(!wizard.button(QWizard::NextButton)->isEnabled());
  }

  void the_sample_mailbox_is_one_press_away() {
    if (!std::filesystem::exists(core::Assistant::resource_dir() / "sample-mailbox"))
      QSKIP("the sample mailbox is not there");
    test::Profile profile;
    ImportWizard wizard(profile.path(), false);
    wizard.show();
    QTest::mouseClick(test::find<QPushButton>(&wizard, "try_sample"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(wizard.currentId(), ImportWizard::kIdentities, kPatience);
    press(wizard, QWizard::NextButton);
    QTRY_COMPARE_WITH_TIMEOUT(wizard.currentId(), ImportWizard::kSummary, kPatience);
    QVERIFY(profile.open()->archive().own_count() >= 100);
  }

  void can_be_closed_while_it_reads() {
    test::Profile profile;
    const QString file = profile.write_mailbox(3000, 3000);
    {
      ImportWizard wizard(profile.path(), false);
      wizard.show();
      choose_page(wizard)->add_paths({file});
      press(wizard, QWizard::NextButton);
      wizard.reject();
    }
    QCOMPARE(profile.open()->archive().integrity_check(), "ok");
  }
};

QTEST_MAIN(TestImportWizard)
#include "test_import_wizard.moc"

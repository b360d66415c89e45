#include <QApplication>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTest>

#include "app/desktop/import_wizard.h"
#include "app/desktop/mailbox_page.h"
#include "app/desktop/main_window.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/settings_dialog.h"
#include "app/desktop/write_page.h"
#include "fixture.h"

using namespace sancho;
using namespace sancho::desktop;

namespace {

std::unique_ptr<MainWindow> open_window(const test::Profile& profile) {
  auto window = std::make_unique<MainWindow>(profile.open());
  window->show();
  window->activateWindow();
  if (!QTest::qWaitForWindowActive(window.get())) qFatal("The window does not become active");
  return window;
}

}  // namespace

class TestMainWindow : public QObject {
  Q_OBJECT

 private slots:
  void the_wizard_opens_by_itself_where_there_is_no_mail() {
    test::Profile profile;
    const auto window = open_window(profile);
    window->welcome();
    auto* wizard = window->findChild<ImportWizard*>();
    QVERIFY(wizard);
    QVERIFY(wizard->isVisible());
    QCOMPARE(wizard->currentId(), ImportWizard::kWelcome);
    wizard->reject();
  }

  void the_wizard_stays_away_where_there_is_mail() {
    test::Profile profile;
    profile.fill(2, 2);
    const auto window = open_window(profile);
    window->welcome();
    QVERIFY(!window->findChild<ImportWizard*>());
  }

  void the_places_are_reached_by_keys() {
    test::Profile profile;
    profile.fill(2, 2);
    const auto window = open_window(profile);
    auto* pages = window->findChild<QStackedWidget*>();
    QTest::keyClick(window.get(), Qt::Key_3, Qt::ControlModifier);
    QCOMPARE(pages->currentIndex(), int(MainWindow::kMailbox));
    QTest::keyClick(window.get(), Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(pages->currentIndex(), int(MainWindow::kTrain));
    QTest::keyClick(window.get(), Qt::Key_1, Qt::ControlModifier);
    QCOMPARE(pages->currentIndex(), int(MainWindow::kWrite));
    QTest::keyClick(window.get(), Qt::Key_F, Qt::ControlModifier);
    QCOMPARE(pages->currentIndex(), int(MainWindow::kMailbox));
    QCOMPARE(QApplication::focusWidget()->objectName(), "mail_search");
  }

  void a_draft_is_asked_for_without_the_mouse() {
    test::Profile profile;
    profile.fill(2, 2);
    const auto window = open_window(profile);
    auto* page = window->findChild<WritePage*>();
    auto* instruction = test::find<QPlainTextEdit>(page, "instruction");
    instruction->setFocus();
    QTest::keyClicks(QApplication::focusWidget(), "tell Ada that Friday is fine");
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    QCOMPARE(QApplication::focusWidget()->objectName(), "recipient");
    QTest::keyClicks(QApplication::focusWidget(), "ada@example.com");
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(page->drafting() || page->findChild<MessageBar*>()->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(!page->drafting(), 120'000);
  }

  void a_mail_is_read_and_answered_from_the_mailbox_by_keys() {
    test::Profile profile;
    profile.fill(3, 3);
    const auto window = open_window(profile);
    QTest::keyClick(window.get(), Qt::Key_3, Qt::ControlModifier);
    auto* page = window->findChild<MailboxPage*>();
    auto* list = test::find<QListView>(page, "mail_list");
    list->setFocus();
    QTest::keyClick(list, Qt::Key_Home);
    QTest::keyClick(list, Qt::Key_Down);
    QVERIFY(
        test::find<QPlainTextEdit>(page, "mail_body")->toPlainText().contains("I wanted to say"));
    QTest::keyClick(window.get(), Qt::Key_R, Qt::ControlModifier);
    QTRY_COMPARE(window->findChild<QStackedWidget*>()->currentIndex(), int(MainWindow::kWrite));
    QVERIFY(!test::find<QLineEdit>(window.get(), "recipient")->text().isEmpty());
  }

  void every_control_that_takes_the_focus_has_a_name() {
    test::Profile profile;
    profile.fill(2, 2);
    const auto window = open_window(profile);
    for (const QWidget* widget : window->findChildren<QWidget*>()) {
      if ((widget->focusPolicy() & Qt::TabFocus) == 0 || widget->objectName().startsWith("qt_"))
        continue;
      if (!qobject_cast<const QAbstractButton*>(widget) &&
          !qobject_cast<const QLineEdit*>(widget) && !qobject_cast<const QPlainTextEdit*>(widget) &&
          !qobject_cast<const QAbstractItemView*>(widget))
        continue;
      const auto* button = qobject_cast<const QAbstractButton*>(widget);
      const bool named =
          !widget->accessibleName().isEmpty() || (button && !button->text().isEmpty());
      QVERIFY2(named, qPrintable(QStringLiteral("%1 in %2")
                                     .arg(widget->metaObject()->className(),
                                          widget->parentWidget()->objectName())));
    }
  }

  void settings_keep_who_the_user_is() {
    test::Profile profile;
    profile.fill(2, 2);
    const auto assistant = profile.open();
    SettingsDialog dialog(assistant.get());
    test::find<QPlainTextEdit>(&dialog, "me")->setPlainText("Rosa, gardener");
    dialog.accept();
    QTRY_COMPARE(dialog.result(), int(QDialog::Accepted));
    QCOMPARE(assistant->archive().setting(core::setting_about_me), "Rosa, gardener");
  }

  void the_theme_changes_every_colour() {
    Theme theme(*qApp);
    theme.choose(Theme::Choice::light);
    const QColor light = QApplication::palette().color(QPalette::Window);
    theme.choose(Theme::Choice::dark);
    const QColor dark = QApplication::palette().color(QPalette::Window);
    QVERIFY(light.lightness() > 200);
    QVERIFY(dark.lightness() < 60);
    QVERIFY(Theme::colours().text.lightness() > 200);
  }

  void the_chosen_theme_is_remembered() {
    test::Profile profile;
    profile.open();
    WindowSettings(profile.path()).set_theme(Theme::Choice::dark);
    QCOMPARE(WindowSettings(profile.path()).theme(), Theme::Choice::dark);
  }
};

QTEST_MAIN(TestMainWindow)
#include "test_main_window.moc"

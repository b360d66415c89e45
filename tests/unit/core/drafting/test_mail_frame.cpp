#include <QTest>

#include "core/drafting/mail_frame.h"

using sancho::core::settle_signature;

class TestMailFrame : public QObject {
  Q_OBJECT

 private slots:
  void the_name_below_the_closing_line_is_the_writers() {
    QCOMPARE(settle_signature("Ann,\n\nIt is done.\n\nThanks,\n\nEric", "Mara"),
             std::string("Ann,\n\nIt is done.\n\nThanks,\n\nMara"));
  }

  void without_a_name_the_closing_line_stands_alone() {
    QCOMPARE(settle_signature("It is done.\n\nThanks,\n\nRegards,\n\n- 15", ""),
             std::string("It is done.\n\nThanks,"));
  }

  void a_name_that_nobody_has_is_no_last_line() {
    QCOMPARE(settle_signature("It is done.\n\nJaco", "Mara"), std::string("It is done.\n\nMara"));
    QCOMPARE(settle_signature("It is done.\n\n- 40", ""), std::string("It is done."));
  }

  void thanks_in_the_middle_close_nothing() {
    const std::string body =
        "Hana,\n\nThank you\n\nThe translation arrived and I will read it today.";
    QCOMPARE(settle_signature(body, ""), body);
  }

  void a_mail_closes_once() {
    QCOMPARE(
        settle_signature("Lars,\n\nTwo quotes, please.\n\nBest,\nHappy new floor!\n\nRegards,", ""),
        std::string("Lars,\n\nTwo quotes, please.\n\nBest,"));
  }

  void nobody_is_sent_love_unasked() {
    QCOMPARE(settle_signature("Omar,\n\nThe server goes down on Sunday.\n\nLove,", "Mara"),
             std::string("Omar,\n\nThe server goes down on Sunday.\n\nBest,\n\nMara"));
  }

  void a_short_answer_stays_whole() {
    QCOMPARE(settle_signature("Thanks", ""), std::string("Thanks"));
    QCOMPARE(settle_signature("Yes, fine with me.", ""), std::string("Yes, fine with me."));
    QCOMPARE(settle_signature("", "Mara"), std::string());
  }
};

QTEST_GUILESS_MAIN(TestMailFrame)
#include "test_mail_frame.moc"

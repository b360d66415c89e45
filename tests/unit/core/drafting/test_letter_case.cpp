#include <QTest>

#include "core/drafting/letter_case.h"

using sancho::core::settle_case;

class TestLetterCase : public QObject {
  Q_OBJECT

 private slots:
  void the_writer_is_a_capital_and_an_article_is_none() {
    QCOMPARE(
        settle_case("Bea,\n\ni know, i'll bring A cake. A card, too. Is it in?", "bring a cake"),
        std::string("Bea,\n\nI know, I'll bring a cake. A card, too. Is it in?"));
    QCOMPARE(settle_case("It is 95 A night.", "95 a night"), std::string("It is 95 a night."));
    QCOMPARE(settle_case("We choose plan A because of A client.", "say plan A is better"),
             std::string("We choose plan A because of A client."));
    QCOMPARE(settle_case("", ""), std::string());
  }

  void days_months_and_feasts_are_names() {
    QCOMPARE(settle_case("Come on monday, 3 june or at easter. We may march.", ""),
             std::string("Come on Monday, 3 June or at Easter. We may march."));
    QCOMPARE(settle_case("Read mondays.txt in eastern time", ""),
             std::string("Read mondays.txt in eastern time"));
  }

  void a_sentence_begins_large_where_the_mail_does() {
    QCOMPARE(settle_case("Bea,\n\nWe got it. moving soon! can you come? yes.", ""),
             std::string("Bea,\n\nWe got it. Moving soon! Can you come? Yes."));
    QCOMPARE(settle_case("bea\n\nwe got it. moving soon", ""),
             std::string("bea\n\nwe got it. moving soon"));
    QCOMPARE(settle_case("Order no. five, approx. ten. pages at a.b. yes", ""),
             std::string("Order no. five, approx. ten. Pages at a.b. yes"));
  }

  void files_and_links_stand_as_they_were_told() {
    QCOMPARE(settle_case("It is in Brand.zip, see HTTPS://example.org/A.",
                         "it is in brand.zip, see https://example.org/a"),
             std::string("It is in brand.zip, see https://example.org/a."));
  }
};

QTEST_GUILESS_MAIN(TestLetterCase)
#include "test_letter_case.moc"

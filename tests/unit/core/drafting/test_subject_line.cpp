#include <QTest>

#include "core/drafting/subject_line.h"

using namespace sancho::core;

class TestSubjectLine : public QObject {
  Q_OBJECT

 private slots:
  void an_answer_is_marked_once() {
    QCOMPARE(reply_subject("Lease"), std::string("Re: Lease"));
    QCOMPARE(reply_subject("RE: Lease"), std::string("RE: Lease"));
    QCOMPARE(reply_subject(""), std::string("Re: "));
  }

  void a_proposal_that_names_nothing_new_is_taken() {
    QCOMPARE(new_subject("The lease", "Ann,\n\nPlease sign the lease.", "ask ann to sign", "Ann"),
             std::string("The lease"));
  }

  void a_proposal_out_of_the_blue_is_not() {
    QCOMPARE(new_subject("Houston trip", "Ann,\n\nPlease sign the lease today.", "ask ann", "Ann"),
             std::string("Please sign the lease today"));
    QCOMPARE(new_subject("", "", "ask ann to sign the lease, please", "Ann"),
             std::string("ask ann to sign the lease, please"));
  }

  void a_long_sentence_gives_its_first_words() {
    QCOMPARE(new_subject("", "One two three four five six seven eight, nine ten.", "", ""),
             std::string("One two three four five six seven eight"));
  }
};

QTEST_GUILESS_MAIN(TestSubjectLine)
#include "test_subject_line.moc"

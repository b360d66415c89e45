#include <QTest>

#include "core/drafting/note_answer.h"

using sancho::core::framed_like;

namespace {
const std::string asked = "Where do you keep the key? Can you bring it?";

std::string note_answer(const std::string& note, const std::string& incoming) {
  return sancho::core::note_answer(note, incoming, "Maud Ray");
}
}  // namespace

class TestNoteAnswer : public QObject {
  Q_OBJECT

 private slots:
  void a_note_that_answers_becomes_sentences() {
    QCOMPARE(note_answer("hangs in the garage, yellow tag", asked),
             std::string("Hangs in the garage, yellow tag."));
    QCOMPARE(note_answer("9 too early, 10.30 possible?", asked),
             std::string("9 too early, 10.30 possible?"));
    QCOMPARE(note_answer("- yes, w/ the spare one\n* back on monday,\n\n", asked),
             std::string("Yes, with the spare one. Back on monday."));
    QCOMPARE(note_answer("thx, no, lock it pls.", asked),
             std::string("Thanks, no, lock it please."));
  }

  void a_note_to_the_writer_is_no_answer_data() {
    QTest::addColumn<QString>("note");
    QTest::newRow("question") << "ask where the second key is";
    QTest::newRow("further on") << "paid on 29 march, ask them to check";
    QTest::newRow("behind a joint") << "thursday works and tell bob";
    QTest::newRow("refusal") << "Decline politely.";
    QTest::newRow("sending") << "send the plan";
    QTest::newRow("tone") << "short and friendly: thursday works";
    QTest::newRow("empty") << "  ";
    QTest::newRow("bullet alone") << "-";
    QTest::newRow("long") << QString("word ").repeated(40);
  }
  void a_note_to_the_writer_is_no_answer() {
    QFETCH(QString, note);
    QCOMPARE(note_answer(note.toStdString(), asked), std::string());
  }

  void nothing_asked_is_not_answered() {
    QCOMPARE(note_answer("hangs in the garage", ""), std::string());
  }

  void a_person_is_the_reader_unless_the_mail_speaks_of_one() {
    QCOMPARE(note_answer("can't give her the 12th off", asked), std::string());
    QCOMPARE(note_answer("she fetches it tonight", "Did your daughter forget her bag?"),
             std::string("She fetches it tonight."));
    QCOMPARE(note_answer("he fetches it tonight", "Did your daughter forget her bag?"),
             std::string());
    QCOMPARE(note_answer("yes, he's at home again", "Have you heard from Cornelius?\n\nMaud"),
             std::string("Yes, he's at home again."));
    QCOMPARE(note_answer("yes, she's welcome", "May I come on Friday?\n\nMaud"), std::string());
  }

  void an_answer_takes_greeting_and_sign_off_of_another_mail() {
    const std::string body = "Jarek,\n\nI am the wrong person.\n\nPlease write to Ann.\n\nBest,";
    QCOMPARE(framed_like("In the garage.", body, "", "Jarek"),
             std::string("Jarek,\n\nIn the garage.\n\nBest,"));
    QCOMPARE(framed_like("In the garage.", body, "Dear Jarek", "Jarek"),
             std::string("Dear Jarek\n\nIn the garage.\n\nBest,"));
    QCOMPARE(framed_like("In the garage.", "no idea", "", "Jarek"), std::string("In the garage."));
    QCOMPARE(framed_like("In the garage.", "", "", ""), std::string("In the garage."));
  }
};

QTEST_APPLESS_MAIN(TestNoteAnswer)
#include "test_note_answer.moc"

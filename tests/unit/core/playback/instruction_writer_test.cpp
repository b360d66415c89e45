#include <QSet>
#include <QTest>

#include "core/playback/instruction_writer.h"
#include "core/playback/text_words.h"

using namespace sancho::core;

namespace {

const WrittenMail lunch{
    "Kate", "Bob", "Lunch", "Are you free on Friday?",
    "Bob,\n\nFriday at 12:30 works for me. Could you please send me the Q2 numbers "
    "before the meeting with Ann? I'll bring the $325 invoice.\n\nThanks,\nKate"};

std::string text_of(const WrittenMail& mail, std::uint64_t variant) {
  return write_instruction(mail, variant).text;
}

std::size_t longest_shared_run(const std::string& a, const std::string& b) {
  const auto x = split_words(lower_case(a)), y = split_words(lower_case(b));
  std::size_t best = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = 0; j < y.size(); ++j) {
      std::size_t n = 0;
      while (i + n < x.size() && j + n < y.size() && x[i + n] == y[j + n]) ++n;
      best = std::max(best, n);
    }
  return best;
}

}  // namespace

class InstructionWriterTest : public QObject {
  Q_OBJECT

 private slots:
  void same_mail_and_variant_give_the_same_instruction() {
    for (std::uint64_t v = 0; v < 20; ++v) QCOMPARE(text_of(lunch, v), text_of(lunch, v));
  }

  void four_variants_give_four_styles_and_wordings() {
    QSet<QString> texts, styles;
    for (std::uint64_t v = 0; v < 4; ++v) {
      const auto instruction = write_instruction(lunch, v);
      texts << QString::fromStdString(instruction.text);
      styles << QString::fromStdString(instruction.style);
    }
    QCOMPARE(texts.size(), 4);
    QCOMPARE(styles, (QSet<QString>{"sentence", "terse", "bullets", "toned"}));
  }

  void every_fact_of_a_mail_is_carried() {
    for (std::uint64_t v = 0; v < 40; ++v) {
      const auto text = lower_case(text_of(lunch, v));
      for (const char* fact : {"friday", "12:30", "q2", "ann", "$325"})
        QVERIFY2(text.find(fact) != std::string::npos, (std::string(fact) + " in " + text).c_str());
    }
  }

  void greeting_and_sign_off_are_left_to_the_writer() {
    for (std::uint64_t v = 0; v < 40; ++v) {
      const auto text = lower_case(text_of(lunch, v));
      QVERIFY2(text.find("kate") == std::string::npos, text.c_str());
      QVERIFY2(text.find("thanks") == std::string::npos, text.c_str());
    }
  }

  void sentences_become_acts_data() {
    QTest::addColumn<QString>("body");
    QTest::addColumn<QString>("expected");
    QTest::newRow("thanks") << "Thanks!"
                            << "thank bob";
    QTest::newRow("thanks for") << "Thank you for the report."
                                << "thank bob for the report";
    QTest::newRow("request") << "Please call me on Monday."
                             << "ask bob to call me on monday";
    QTest::newRow("can you") << "Can you send me the file?"
                             << "ask bob to send me the file";
    QTest::newRow("question") << "Do you have the file?"
                              << "ask bob if they have the file";
    QTest::newRow("past question") << "Did you get the file?"
                                   << "ask bob if they got the file";
    QTest::newRow("open question") << "When are you coming?"
                                   << "ask bob when they are coming";
    QTest::newRow("wish") << "Have a great weekend!"
                          << "wish bob a great weekend";
    QTest::newRow("congratulations") << "Congratulations on your promotion!"
                                     << "congratulate bob on their promotion";
  }
  void sentences_become_acts() {
    QFETCH(QString, body);
    QFETCH(QString, expected);
    const WrittenMail mail{"Kate", "Bob", "", "", body.toStdString()};
    const auto text = QString::fromStdString(lower_case(text_of(mail, 0)));
    QVERIFY2(text.contains(expected), qPrintable(text));
  }

  void long_mails_are_not_quoted_wholesale() {
    std::string body;
    for (int i = 0; i < 12; ++i)
      body += "The quarterly report number " + std::to_string(i + 20) +
              " shows that our sales in the northern region grew a good deal faster than what the "
              "team had hoped for at the start of the year. ";
    const WrittenMail mail{"Kate", "Bob", "Report", "", body};
    for (std::uint64_t v = 0; v < 16; ++v) {
      const auto text = text_of(mail, v);
      QVERIFY(!text.empty());
      QVERIFY2(longest_shared_run(text, body) <= 12, text.c_str());
      QVERIFY(split_words(text).size() * 2 < split_words(body).size());
    }
  }

  void nothing_to_ask_for_gives_an_empty_instruction() {
    for (const char* body : {"", "   \n", "---", "???"})
      QVERIFY(text_of({"Kate", "Bob", "", "", body}, 0).empty());
  }

  void instructions_hold_no_artefacts_of_the_mail() {
    const WrittenMail mail{"Kate", "Bob", "Re: x", "hi",
                           "Bob -\n\n*The* \"plan\" (see below) is done -- finally!!!\n\n- first "
                           "item\n- second item\n\n_____\nKate"};
    for (std::uint64_t v = 0; v < 12; ++v) {
      const auto text = text_of(mail, v);
      for (const char* artefact : {"  ", "*", "\"", "..", "__", " .", " ,", "--", "(see"})
        QVERIFY2(text.find(artefact) == std::string::npos, (artefact + (" in " + text)).c_str());
    }
  }

  void hostile_bodies_are_survived() {
    for (const std::string& body :
         {std::string(20000, '('), std::string(20000, '?'), std::string("\xff\xc3\x28 \x80 what?"),
          std::string("Is?"), std::string("Can you?"), std::string("Please"),
          std::string("1. 2. 3.")})
      for (std::uint64_t v = 0; v < 8; ++v) write_instruction({"", "", "", "", body}, v);
  }
};

QTEST_APPLESS_MAIN(InstructionWriterTest)
#include "instruction_writer_test.moc"

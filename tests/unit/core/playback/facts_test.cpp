#include <QTest>

#include "core/playback/instruction_writer.h"

using namespace sancho::core;

namespace {

QStringList facts_of(const char* text) {
  QStringList found;
  for (const auto& fact : find_facts(text))
    found << QString::fromStdString(fact.kind + ": " + fact.text);
  return found;
}

}  // namespace

class FactsTest : public QObject {
  Q_OBJECT

 private slots:
  void each_kind_is_found_whole_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char* name, const char* text, const QStringList& expected) {
      QTest::newRow(name) << QString(text) << expected;
    };
    row("times", "Lunch at 12:30 or 3pm, or 8:30 a.m. at noon?",
        {"time: 12:30", "time: 3pm", "time: 8:30 a.m", "time: noon"});
    row("dates", "It moved from March 5, 2001 to Friday, then to 10/12/2000.",
        {"date: March 5, 2001", "date: Friday", "date: 10/12/2000"});
    row("amounts", "We sold 25 mw at $325.00, up 50% on 5.7 million.",
        {"amount: 25 mw", "amount: $325.00", "amount: 50%", "amount: 5.7 million"});
    row("phones", "Call 713-853-7673, (713) 853-5620, 713 853 3848 or x36641.",
        {"phone: 713-853-7673", "phone: (713) 853-5620", "phone: 713 853 3848", "phone: x36641"});
    row("links", "See http://a.example/x?y=1 or write to ann@example.org.",
        {"link: http://a.example/x?y=1", "link: ann@example.org"});
    row("files", "I changed budget.xls and notes.txt.", {"file: budget.xls", "file: notes.txt"});
    row("names", "I told Bob Smith that FERC and Ann's team agree.",
        {"name: Bob Smith", "name: FERC", "name: Ann"});
  }
  void each_kind_is_found_whole() {
    QFETCH(QString, text);
    QFETCH(QStringList, expected);
    QCOMPARE(facts_of(text.toUtf8().constData()), expected);
  }

  void ordinary_words_are_no_facts() {
    QCOMPARE(facts_of("Please let me know. Thanks for the help! I will call you. OK?"),
             QStringList());
  }

  void hostile_text_is_survived() {
    const std::string runs[] = {std::string(50000, '('),
                                std::string(50000, '$'),
                                "\xff\xfe\xc3",
                                "12:",
                                ":12",
                                "@",
                                "a@",
                                "$",
                                "+",
                                ".",
                                "1/2/3/4/"};
    for (const auto& text : runs) find_facts(text);
  }
};

QTEST_APPLESS_MAIN(FactsTest)
#include "facts_test.moc"

#include <QTemporaryDir>
#include <QTest>
#include <fstream>
#include <set>

#include "core/evaluate/fact_coverage.h"

using namespace sancho::core;
namespace fs = std::filesystem;

class TestFactCoverage : public QObject {
  Q_OBJECT

 private slots:
  void facts_are_found_in_any_of_their_words() {
    const std::vector<FactCase> cases{
        {"tell bob 3pm", "Bob", "", {{"Bob"}, {"3pm", "3 pm"}, {"Friday"}}}};
    const auto coverage = measure_fact_coverage(cases, [](const FactCase&) {
      return CheckedDraft{"bob, 3 PM works. Fridays never.", {"Lisbon"}};
    });
    QCOMPARE(coverage.facts, std::size_t{3});
    QCOMPARE(coverage.present, std::size_t{2});
    QCOMPARE(coverage.drafts_with_inventions, std::size_t{1});
    QCOMPARE(coverage.results[0].missing, std::vector<std::string>{"Friday"});
  }

  void a_bad_line_is_named() {
    QTemporaryDir folder;
    const fs::path file = fs::path(folder.path().toStdString()) / "cases.jsonl";
    std::ofstream(file) << R"({"instruction":"a","facts":[["b"]]})"
                        << "\n{\"facts\":[]}\n";
    try {
      read_fact_cases(file);
      QFAIL("a line without an instruction was taken");
    } catch (const std::runtime_error& error) {
      QVERIFY(QByteArray(error.what()).contains("Line 2"));
    }
  }

  void the_instructions_written_by_hand_can_be_read_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<std::size_t>("count");
    QTest::newRow("the hundred") << "instructions.jsonl" << std::size_t{100};
    QTest::newRow("fifty later") << "instructions-later.jsonl" << std::size_t{50};
    QTest::newRow("fifty latest") << "instructions-latest.jsonl" << std::size_t{50};
    QTest::newRow("fifty terse answers") << "instructions-answers.jsonl" << std::size_t{50};
  }

  void the_instructions_written_by_hand_can_be_read() {
    QFETCH(const QString, file);
    QFETCH(const std::size_t, count);
    const auto cases =
        read_fact_cases(fs::path(SANCHO_SOURCE_DIR) / "tests/data" / file.toStdString());
    QCOMPARE(cases.size(), count);
    std::set<std::string> instructions;
    for (const FactCase& one : cases) {
      QVERIFY(!one.facts.empty() && !one.to.empty());
      instructions.insert(one.instruction);
    }
    QCOMPARE(instructions.size(), cases.size());
  }
};

QTEST_GUILESS_MAIN(TestFactCoverage)
#include "test_fact_coverage.moc"

#include <QTest>
#include <algorithm>

#include "core/drafting/grounding.h"

using namespace sancho::core;

namespace {

/// Where the fact that reads `text` comes from; "missing" where the draft has no such fact.
std::string source_of(const std::vector<GroundedFact>& facts, const std::string& text) {
  const auto found = std::find_if(facts.begin(), facts.end(), [&](const auto& f) {
    return f.fact.text.find(text) != std::string::npos;
  });
  return found == facts.end() ? "missing" : found->source;
}

}  // namespace

class TestGrounding : public QObject {
  Q_OBJECT

 private slots:
  void each_fact_names_the_first_source_that_has_it() {
    const std::vector<FactSource> sources{
        {"instruction", "tell him the fee is $5,000"},
        {"incoming", "Could you call 713-555-0199?"},
        {"related:a@b", "the fee was $5000; write to kit@example.org"},
        {"me", "Kit Malone"}};
    const auto facts = ground_facts(
        "The fee is $5,000. I will call 713-555-0199, or write to kit@example.org. It costs $731.",
        sources);
    QCOMPARE(source_of(facts, "5,000"), std::string("instruction"));
    QCOMPARE(source_of(facts, "555-0199"), std::string("incoming"));
    QCOMPARE(source_of(facts, "731"), std::string("none"));
  }

  void numbers_match_whatever_their_separators() {
    const std::vector<FactSource> sources{{"incoming", "We agreed on $1250000."}};
    QCOMPARE(source_of(ground_facts("As agreed, $1,250,000.", sources), "1,250,000"),
             std::string("incoming"));
  }

  void a_part_of_a_word_is_no_source() {
    const std::vector<FactSource> sources{{"incoming", "order 7310 for $7,310"}};
    QCOMPARE(source_of(ground_facts("It costs $731.", sources), "731"), std::string("none"));
  }

  void a_fact_said_twice_is_listed_once() {
    const auto facts = ground_facts("It costs $731. Yes, $731.", {});
    QCOMPARE(
        std::count_if(facts.begin(), facts.end(),
                      [](const auto& f) { return f.fact.text.find("731") != std::string::npos; }),
        1);
  }

  void a_closing_of_one_word_names_nobody() {
    const auto facts = ground_facts("Devy,\n\nLunch is fine.\n\nOnwards,\nMara", {});
    QCOMPARE(source_of(facts, "Devy"), std::string("none"));
    QCOMPARE(source_of(facts, "Mara"), std::string("none"));
    QCOMPARE(facts.size(), std::size_t{2});
    const std::string list = "Hi,\n\nthese will come:\nDevy,\nPoston,\nEmil.\n\nBest,\nMara";
    QCOMPARE(source_of(ground_facts(list, {}), "Devy"), std::string("none"));
    QCOMPARE(source_of(ground_facts("Sheila,\nMara", {}), "Sheila"), std::string("none"));
  }

  void a_name_that_opens_a_sentence_is_a_fact() {
    const std::vector<FactSource> sources{{"instruction", "viktor needs the contract by monday"}};
    const auto facts = ground_facts(
        "Viktor,\n\nSheila needs the contract. Will you come? Colleen's plan is fine. "
        "Viktor agrees. Mark my words.",
        sources);
    QCOMPARE(source_of(facts, "Sheila"), std::string("none"));
    QCOMPARE(source_of(facts, "Colleen"), std::string("none"));
    QCOMPARE(source_of(facts, "Viktor"), std::string("instruction"));
    QCOMPARE(source_of(facts, "Will"), std::string("missing"));
    QCOMPARE(source_of(facts, "Mark"), std::string("missing"));
    QCOMPARE(facts.size(), std::size_t{3});
  }

  void a_draft_without_facts_has_none() { QVERIFY(ground_facts("thanks a lot", {}).empty()); }
};

QTEST_GUILESS_MAIN(TestGrounding)
#include "test_grounding.moc"

#include <QTest>

#include "core/drafting/candidate_judge.h"

using namespace sancho::core;
using sancho::engine::FinishReason;
using sancho::engine::GenerateResult;

namespace {

GenerateResult finished(double mean_log_likelihood = -1) {
  GenerateResult result;
  result.tokens.assign(10, 1);
  result.finish = FinishReason::stop_token;
  result.log_likelihood = 10 * mean_log_likelihood;
  return result;
}

const std::string instruction = "tell bob lunch on Friday at 12:30 works, ask for the lease";

CandidateScore score(const std::string& body, const GenerateResult& written = finished()) {
  const CandidateJudge judge(instruction, "Bob", {{"instruction", instruction}, {"me", "Mara"}});
  return judge.score(body, written);
}

}  // namespace

class TestCandidateJudge : public QObject {
  Q_OBJECT

 private slots:
  void what_is_asked_for_counts() {
    const std::string whole = "Bob,\n\nlunch on Friday at 12:30 works. Please send the lease.";
    QCOMPARE(score(whole).coverage, 1.0);
    const auto partly = score("Bob,\n\nlunch on Friday works.");
    QVERIFY(partly.coverage > 0.3 && partly.coverage < 0.9);
    QCOMPARE(score("See you.").coverage, 0.0);
    QVERIFY(score(whole).total() > partly.total());
  }

  void a_word_may_be_inflected() {
    const CandidateJudge judge("remind them of invoices", "", {});
    QCOMPARE(judge.score("Here is the invoice.", finished()).coverage, 1.0);
  }

  void what_nobody_said_counts_against_a_draft() {
    const std::string body = "Bob,\n\nlunch on Friday at 12:30 works. Please send the lease.";
    QCOMPARE(score(body).invented, std::size_t{0});
    QCOMPARE(score(body + " It costs $731.").invented, std::size_t{1});
    QVERIFY(score(body).total() > score(body + " It costs $731.").total());
  }

  void an_order_is_carried_out_and_not_passed_on() {
    const auto repeats = score("Bob,\n\nlunch on Friday at 12:30 works, ask for the lease.");
    QCOMPARE(repeats.passed_on, std::size_t{1});
    QCOMPARE(score("Bob,\n\nTell Bob lunch on Friday works.").passed_on, std::size_t{2});
    const auto carries_out = score("Bob,\n\nlunch on Friday at 12:30 works. The lease please.");
    QCOMPARE(carries_out.passed_on, std::size_t{0});
    QVERIFY(carries_out.total() > repeats.total());
  }

  void a_draft_that_found_no_end_comes_last() {
    GenerateResult endless = finished();
    endless.finish = FinishReason::length;
    QVERIFY(score("lunch works", finished()).total() > score("lunch works", endless).total());
  }

  void the_likelier_of_two_equals_wins() {
    QVERIFY(score("lunch works", finished(-0.5)).total() >
            score("lunch works", finished(-2)).total());
  }

  void a_word_out_of_the_blue_costs() {
    GenerateResult strange = finished();
    strange.least_likely = -9;
    QCOMPARE(score("lunch works", strange).oddity, 6.0);
    QVERIFY(score("lunch works").total() > score("lunch works", strange).total());
  }

  void saying_a_thing_twice_costs() {
    const std::string once = "Bob,\n\nYes, lunch on Friday at 12:30 works.";
    const auto stutters = score("Bob,\n\nYes, lunch on Friday lunch on Friday at 12:30 works.");
    QCOMPARE(score(once).repeated, std::size_t{0});
    QCOMPARE(stutters.repeated, std::size_t{2});  // "lunch on" and "on Friday"
    QVERIFY(score(once).total() > stutters.total());
  }

  void the_one_that_the_instruction_follows_from_wins() {
    CandidateScore does = score("lunch works"), says_otherwise = does;
    does.read_back = -1;
    says_otherwise.read_back = -3;
    QVERIFY(does.total() > says_otherwise.total());
  }
};

QTEST_GUILESS_MAIN(TestCandidateJudge)
#include "test_candidate_judge.moc"

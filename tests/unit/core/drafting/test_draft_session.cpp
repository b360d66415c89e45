#include <QTest>
#include <chrono>
#include <ctime>
#include <thread>

#include "built_in_model.h"
#include "core/drafting/draft_session.h"

using namespace sancho::core;
namespace engine = sancho::engine;

namespace {

PromptParts parts() {
  PromptParts parts;
  parts.me = "Kate Symes\nEnergy trader in Portland, works until five.";
  parts.related = {"Mark, the deal with Duke is confirmed at 34.50 for the week.",
                   "I have entered the deal for Monday; please check the delivery point."};
  parts.to_name = "Mark";
  parts.instruction = "tell Mark that deal 712345 is entered";
  return parts;
}

WritingOptions greedy() {
  WritingOptions options;
  options.sampler.temperature = 0;
  options.max_tokens = 40;
  return options;
}

}  // namespace

class TestDraftSession : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    model_ = sancho::testing::built_in_model();
    if (!model_) QSKIP(sancho::testing::no_built_in_model);
    pool_ = std::make_shared<engine::ThreadPool>(2);
  }

  /// What comes before the first difference is kept: the writer, then related mail.
  void a_second_draft_reads_only_what_changed() {
    DraftSession session(model_, pool_);
    const PromptParts first = parts();
    const WrittenDraft draft = session.write(first, greedy());
    QCOMPARE(draft.cached_tokens, std::size_t{0});
    QCOMPARE(draft.related_used, std::size_t{2});

    const WrittenDraft again = session.write(first, greedy());
    QCOMPARE(again.cached_tokens, again.prompt_tokens - 1);
    QCOMPARE(again.body, draft.body);

    const auto shared = [&](const PromptParts& a, const PromptParts& b) {
      const auto x = session.layout().build(a, 1000).tokens,
                 y = session.layout().build(b, 1000).tokens;
      return static_cast<std::size_t>(std::ranges::mismatch(x, y).in1 - x.begin());
    };
    PromptParts other = first;
    other.instruction = "ask Mark for the price of the second deal";
    QVERIFY(shared(first, other) > session.layout().build(first, 1000).tokens.size() / 2);
    QCOMPARE(session.write(other, greedy()).cached_tokens, shared(first, other));

    PromptParts third = other;
    third.related[1] = "The schedule for Tuesday is done.";
    QCOMPARE(session.write(third, greedy()).cached_tokens, shared(other, third));
  }

  void what_is_kept_changes_no_draft() {
    DraftSession used(model_, pool_), fresh(model_, pool_);
    PromptParts other = parts();
    other.instruction = "ask Mark for the price of the second deal";
    used.write(parts(), greedy());
    const WrittenDraft kept = used.write(other, greedy()), read = fresh.write(other, greedy());
    QVERIFY(kept.cached_tokens > 0 && read.cached_tokens == 0);
    QCOMPARE(kept.body, read.body);
    QCOMPARE(kept.subject, read.subject);
  }

  /// The others are drawn too boldly to be of use.
  void a_note_that_answers_is_written_where_nothing_says_it_better() {
    DraftSession session(model_, pool_);
    PromptParts answer = parts();
    answer.related.clear();
    answer.incoming = "Where is the key of the shed, and which one is it?";
    answer.instruction = "on zyrtolph's hook w/ the qwendle fob, third from the vlimpost";
    WritingOptions options = greedy();
    options.sampler.temperature = 3;
    options.candidates = 4;
    options.signature = "Kate";
    const std::string said = "On zyrtolph's hook with the qwendle fob, third from the vlimpost.";
    QVERIFY(session.write(answer, options).body.find(said) != std::string::npos);
    options.opening = "Hello Mark!";
    const std::string body = session.write(answer, options).body;
    QVERIFY2(body.starts_with("Hello Mark!\n\n" + said), body.c_str());
    QVERIFY2(body.ends_with("Kate"), body.c_str());

    options.candidates = 1;
    QVERIFY(session.write(answer, options).body.find(said) == std::string::npos);
    options.candidates = 4;
    answer.incoming.clear();
    QVERIFY(session.write(answer, options).body.find(said) == std::string::npos);
  }

  void nothing_runs_after_a_draft() {
    DraftSession session(model_, pool_);
    WritingOptions options = greedy();
    options.sampler.temperature = 0.7f;
    options.candidates = 4;
    session.write(parts(), options);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const std::clock_t before = std::clock();
    std::this_thread::sleep_for(std::chrono::seconds(1));
    const double used = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
    QVERIFY2(used < 0.005, qPrintable(QString("%1 s of processor time in 1 s").arg(used)));
  }

 private:
  std::shared_ptr<const engine::Model> model_;
  std::shared_ptr<engine::ThreadPool> pool_;
};

QTEST_APPLESS_MAIN(TestDraftSession)
#include "test_draft_session.moc"

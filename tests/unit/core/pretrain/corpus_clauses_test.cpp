#include "core/pretrain/corpus_clauses.h"

#include <QTest>
#include <algorithm>
#include <set>

#include "core/pretrain/entity_swap.h"
#include "core/pretrain/errands.h"

using namespace sancho::core;

namespace {

CorpusMail mail_of(const std::string& author, const std::string& sentences) {
  return {author, "Ann", "Bob", "Plan", "", "Bob,\n\n" + sentences + "\n\nAnn"};
}

bool holds(const CorpusClauses& clauses, std::string_view slot, const std::string& phrase) {
  return std::ranges::find(clauses.of(slot), phrase) != clauses.of(slot).end();
}

}  // namespace

class CorpusClausesTest : public QObject {
  Q_OBJECT

 private slots:
  void sentences_become_clauses_of_their_slots_data() {
    QTest::addColumn<QString>("sentence");
    QTest::addColumn<QString>("slot");
    QTest::addColumn<QString>("phrase");
    QTest::newRow("please") << "Please send the new figures to Tom."
                            << "do"
                            << "send the new figures to Tom";
    QTest::newRow("could you") << "Could you please check your numbers?"
                               << "do"
                               << "check <his> numbers";
    QTest::newRow("promise") << "I will call you on Monday."
                             << "my"
                             << "call <him> on Monday";
    QTest::newRow("contracted") << "I'll bring the old map."
                                << "my"
                                << "bring the old map";
    QTest::newRow("past") << "I talked to Mike about this."
                          << "did"
                          << "talked to Mike about this";
    QTest::newRow("news") << "The pump in hall 3 is broken."
                          << "fact"
                          << "the pump in hall 3 is broken";
    QTest::newRow("reader") << "Your desk is on the fourth floor."
                            << "you"
                            << "<his> desk is on the fourth floor";
    QTest::newRow("reader has") << "You have three days left."
                                << "you"
                                << "<he> <has> three days left";
    QTest::newRow("reason") << "Lunch is off because we have no cook today."
                            << "why"
                            << "we have no cook today";
    QTest::newRow("question") << "What is the status of the deal?"
                              << "q"
                              << "what the status of the deal is|What is the status of the deal?";
    QTest::newRow("have you")
        << "Have you signed the lease yet?"
        << "q"
        << "if <he> <has> signed the lease yet|Have you signed the lease yet?";
    QTest::newRow("need") << "Do you need the blue chairs?"
                          << "q"
                          << "if <he> need<s> the blue chairs|Do you need the blue chairs?";
  }

  void sentences_become_clauses_of_their_slots() {
    QFETCH(QString, sentence);
    QFETCH(QString, slot);
    QFETCH(QString, phrase);
    Corpus corpus;
    // The first of each three clauses of a slot may be noted in fewer words: let it be another.
    corpus.mails = {mail_of("ann@example.org",
                            "Please reply today soon. I will reply today soon. "
                            "I called them today. The day is fine. Your day is "
                            "fine. Are you there now yet?"),
                    mail_of("ann@example.org", sentence.toStdString())};
    const CorpusClauses clauses(corpus, 0);
    QVERIFY2(holds(clauses, slot.toStdString(), phrase.toStdString()),
             qPrintable(QString::fromStdString(clauses.of(slot.toStdString()).empty()
                                                   ? "none"
                                                   : clauses.of(slot.toStdString()).back())));
  }

  void what_is_no_plain_clause_is_left() {
    Corpus corpus;
    corpus.mails = {mail_of("ann@example.org",
                            "I will do what you want today. Please note the {braces} here. The "
                            "<tags> are in the file. The meeting is with Mr. I told you so "
                            "because you asked. What is going on there?")};
    const CorpusClauses clauses(corpus, 0);
    for (const char* slot : {"do", "my", "fact", "why", "q"})
      QVERIFY2(clauses.of(slot).empty(),
               clauses.of(slot).empty() ? "" : clauses.of(slot).front().c_str());
  }

  void nothing_is_taken_from_people_held_out() {
    Corpus corpus;
    corpus.mails = {mail_of("ann@example.org", "The pump in hall 3 is broken.")};
    QVERIFY(!CorpusClauses(corpus, 0).of("fact").empty());
    QVERIFY(CorpusClauses(corpus, 100).of("fact").empty());
  }

  void errands_say_the_clauses_that_their_notes_hold() {
    Corpus corpus;
    std::set<std::string> nouns;
    for (int i = 0; i < 300; ++i) {
      const std::string noun = "pump" + std::to_string(i);
      nouns.insert(noun);
      corpus.mails.push_back(mail_of(
          "ann@example.org", "The " + noun + " is broken. Please repair the " + noun + "."));
    }
    const EntitySwap names(corpus);
    const CorpusClauses clauses(corpus, 0);
    std::mt19937_64 random(1);
    int met = 0;
    for (int i = 0; i < 2000; ++i) {
      const auto errand = make_errand(names, clauses, random);
      QVERIFY2((errand.instruction + errand.mail).find_first_of("{}|<") == std::string::npos,
               errand.mail.c_str());
      for (const auto& noun : nouns) {
        // Whole words: "pump1" is not in "pump12".
        const auto has = [&](const std::string& text) {
          const auto at = text.find(noun);
          return at != std::string::npos && !std::isdigit(text.c_str()[at + noun.size()]);
        };
        if (!has(errand.instruction)) continue;
        ++met;
        QVERIFY2(has(errand.mail), (errand.instruction + "\n---\n" + errand.mail).c_str());
      }
    }
    QVERIFY2(met > 500, std::to_string(met).c_str());
  }
};

QTEST_APPLESS_MAIN(CorpusClausesTest)
#include "corpus_clauses_test.moc"

#include <QTest>
#include <cmath>

#include "core/drafting/fact_guard.h"

using namespace sancho::core;
using sancho::engine::TokenId;

namespace {

/// A vocabulary of single characters and a few words.
const std::vector<std::string> pieces{"",  "0",       "1",    "2",  "3", "4",    "5", "6",
                                      "7", "8",       "9",    " ",  ",", ".",    "a", "@",
                                      "x", " Monday", " May", "12", "M", "onday"};

TokenId id_of(const std::string& text) {
  const auto found = std::find(pieces.begin(), pieces.end(), text);
  return static_cast<TokenId>(found - pieces.begin());
}

std::vector<TokenId> ids(const std::string& characters) {
  std::vector<TokenId> out;
  for (const char c : characters) out.push_back(id_of(std::string(1, c)));
  return out;
}

/// Whether `next` may follow `written` where the sources say `source`.
bool allows(const std::string& source, const std::string& written, const std::string& next) {
  const std::vector<FactSource> sources{{"instruction", source}};
  std::vector<float> logits(pieces.size(), 0.0f);
  FactGuard(pieces, sources).restrict(ids(written), logits);
  return std::isfinite(logits[static_cast<std::size_t>(id_of(next))]);
}

}  // namespace

class TestFactGuard : public QObject {
  Q_OBJECT

 private slots:
  void only_numbers_of_the_sources_can_begin() {
    QVERIFY(allows("pay 1250 by the 7th", "a ", "1"));
    QVERIFY(allows("pay 1250 by the 7th", "a ", "7"));
    QVERIFY(!allows("pay 1250 by the 7th", "a ", "3"));
    QVERIFY(!allows("pay by noon", "a ", "1"));
  }

  void a_number_that_was_begun_must_be_finished() {
    QVERIFY(allows("pay 1250", "a 12", "5"));
    QVERIFY(!allows("pay 1250", "a 12", "6"));
    QVERIFY(!allows("pay 9250", "a 92", " "));
    QVERIFY(!allows("pay 9250", "a 92", "x"));
    QVERIFY(allows("pay 9250", "a 9250", " "));
    QVERIFY(!allows("pay 9250", "a 9250", "0"));
  }

  void thousands_separators_come_and_go() {
    QVERIFY(allows("pay 1,250", "a 1", "2"));
    QVERIFY(allows("pay 1250", "a 1", ","));
    QVERIFY(allows("pay 1250", "a 1,", "2"));
    QVERIFY(!allows("pay 1250", "a 12", ","));
  }

  void a_part_of_a_number_is_none() {
    QVERIFY(!allows("pay 1,250", "a 1", " "));
    QVERIFY(!allows("pay 1,250", "a 1", "."));
    QVERIFY(!allows("pay 1,250", "a 1,", " "));
    QVERIFY(!allows("pay 1,250", "a ", "2"));
    QVERIFY(allows("pay 1,250 for 1", "a 1", "."));
    QVERIFY(allows("rooms 3,4", "a 3,", "4"));
    QVERIFY(!allows("rooms 3,4", "a 3", "4"));
    QVERIFY(allows("rooms 3 and 250", "a 3, ", "2"));
  }

  void a_point_between_digits_is_told() {
    QVERIFY(!allows("pay 4,600", "a 4.", "6"));
    QVERIFY(allows("build 4.6", "a 4.", "6"));
    QVERIFY(!allows("build 4.6 at 4, or 7", "a 4.", "7"));
    QVERIFY(allows("pay 4, then 6", "a 4. ", "6"));
  }

  void a_number_is_said_as_often_as_the_sources_say_it() {
    QVERIFY(!allows("room 7", "a 7 ", "7"));
    QVERIFY(allows("room 7 on the 7th", "a 7 ", "7"));
  }

  void pieces_of_several_digits_are_looked_into() {
    QVERIFY(allows("at 12", "a ", "12"));
    QVERIFY(allows("at 3125", "a 3", "12"));
    QVERIFY(!allows("at 3 and 12", "a 3", "12"));
  }

  void days_and_addresses_come_from_the_sources() {
    QVERIFY(!allows("lunch", "a", " Monday"));
    QVERIFY(allows("lunch mon", "a", " Monday"));
    QVERIFY(allows("lunch", "a", " May"));
    QVERIFY(!allows("lunch", "a M", "onday"));
    QVERIFY(allows("lunch on Monday", "a M", "onday"));
    QVERIFY(!allows("lunch", "a", "@"));
    QVERIFY(allows("write to kit@example.org", "a", "@"));
  }

  void something_can_always_follow() {
    for (const std::string source : {"", "7", "1250", "3 rooms, 44 beds"})
      for (const std::string written : {"", "a ", "1", "12", "7", "4", "3 "}) {
        std::vector<float> logits(pieces.size(), 0.0f);
        const std::vector<FactSource> sources{{"instruction", source}};
        FactGuard(pieces, sources).restrict(ids(written), logits);
        const bool reachable = written.empty() || allows(source, "", written.substr(0, 1));
        if (reachable && source.starts_with(written.substr(0, 1)))
          QVERIFY(
              std::any_of(logits.begin(), logits.end(), [](float v) { return std::isfinite(v); }));
      }
  }
};

QTEST_GUILESS_MAIN(TestFactGuard)
#include "test_fact_guard.moc"

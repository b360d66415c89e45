#include <QTest>
#include <algorithm>
#include <set>

#include "core/playback/shorthand.h"
#include "core/playback/text_words.h"
#include "core/pretrain/entity_swap.h"
#include "core/pretrain/errand_phrases.h"
#include "core/pretrain/errands.h"
#include "core/pretrain/told_mail.h"

using namespace sancho::core;

namespace {

const CorpusMail lunch{
    "kate.symes@example.org",
    "Kate",
    "Bob",
    "Lunch",
    "",
    "Bob,\n\nLunch on Friday at 12:30 works for me. Please send the file plan_2.xls to Ann before "
    "March 12. The price is $325 and my number is 713-555-1234.\n\nThanks,\nKate"};

Corpus corpus_of_names() {
  Corpus corpus;
  for (const char* name : {"Ann", "Bob", "Kate", "Tom", "Lisa", "Mark"})
    for (int i = 0; i < 4; ++i)
      corpus.mails.push_back(
          {std::string(name) + ".smith@example.org", name, name, "", "", "See you soon."});
  return corpus;
}

/// "{day}" and "{time}" of "{day} at {time}".
std::set<std::string> slots_of(std::string_view phrase) {
  std::set<std::string> found;
  for (auto open = phrase.find('{'); open != phrase.npos; open = phrase.find('{', open + 1))
    found.emplace(phrase.substr(open, phrase.find('}', open) + 1 - open));
  return found;
}

}  // namespace

class ToldMailTest : public QObject {
  Q_OBJECT

 private slots:
  void swapping_changes_every_fact_and_nothing_else() {
    const EntitySwap swap(corpus_of_names());
    std::set<std::string> readers, days;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      std::mt19937_64 random(seed);
      const auto other = swap.swapped(lunch, random);
      const auto words = split_words(other.text), before = split_words(lunch.text);
      QCOMPARE(words.size(), before.size());
      QVERIFY2(other.text.starts_with(other.to_name + ",\n\n"), other.text.c_str());
      QVERIFY2(other.text.ends_with("\n\nThanks,\n" + other.from_name), other.text.c_str());
      for (const char* fact : {"plan_2", "713-555"})
        QVERIFY2(other.text.find(fact) == std::string::npos, other.text.c_str());
      QCOMPARE(other.author, lunch.author);
      readers.insert(other.to_name);
      days.insert(words[3]);
    }
    QVERIFY(readers.size() > 5);
    QVERIFY(days.size() > 4);
  }

  void a_fact_is_replaced_alike_everywhere_and_only_as_a_whole_word() {
    const EntitySwap::Mapping mapping{{"Ann Lee", "Tom Ray"}, {"Ann", "Tom"}, {"12", "7"}};
    QCOMPARE(EntitySwap::apply(mapping, "Ann's plan, Annex 12 of 123: Ann Lee (Ann)."),
             std::string("Tom's plan, Annex 7 of 123: Tom Ray (Tom)."));
  }

  void excerpts_keep_greeting_and_sign_off() {
    std::set<std::string> texts;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
      std::mt19937_64 random(seed);
      const auto part = excerpt(lunch, random);
      QVERIFY(part.text.starts_with("Bob,\n\n"));
      QVERIFY(part.text.ends_with("\n\nThanks,\nKate"));
      texts.insert(part.text);
    }
    QVERIFY(texts.size() >= 4);
  }

  void names_are_those_the_mail_itself_uses() {
    CorpusMail mail = lunch;
    mail.to_name = "Robert";
    mail.from_name = "Katherine";
    mail = with_names_used(mail);
    QCOMPARE(mail.to_name, std::string("Bob"));
    QCOMPARE(mail.from_name, std::string("Kate"));
    mail.text = "Hi all,\n\nThe report is ready.\n\nThanks, Sally Beck";
    mail = with_names_used(mail);
    QCOMPARE(mail.to_name, std::string("Bob"));
    QCOMPARE(mail.from_name, std::string("Sally Beck"));
  }

  void a_mail_that_says_more_than_its_prompt_is_found_out() {
    PromptParts parts{"Kate", {}, "", "Bob", "lunch friday 12:30 works"};
    QVERIFY(tells_the_truth(parts, "Bob, lunch on Friday at 12:30 works. Kate", ""));
    QVERIFY(!tells_the_truth(parts, "Bob, lunch on Friday at 1:30 works. Kate", ""));
    QVERIFY(!tells_the_truth(parts, "Bob, lunch with Ann on Friday at 12:30 works. Kate", ""));
    QVERIFY(!tells_the_truth(parts, "Bob, lunch works. Kate", ""));
    parts.incoming = "Ann asks for lunch on Friday.";
    QVERIFY(tells_the_truth(parts, "Bob, lunch with Ann on Friday at 12:30 works. Kate", ""));
  }

  void every_note_of_an_errand_has_a_sentence_and_the_other_way_round() {
    for (const auto* matters : {&single_matters(), &compound_matters(), &answer_matters(),
                                &terse_matters(), &everyday_matters(), &clause_matters()})
      for (const auto& matter : *matters) {
        const auto incoming = matter.incoming.empty() ? Phrases{""} : matter.incoming;
        const auto match = [&](std::string_view note, std::string_view sentence) {
          const auto noted = slots_of(note), written = slots_of(sentence);
          return std::ranges::includes(written, noted) &&
                 std::ranges::any_of(incoming, [&](std::string_view asked) {
                   return std::ranges::includes(slots_of(std::string(note) + std::string(asked)),
                                                written);
                 });
        };
        for (const auto note : matter.notes)
          QVERIFY2(std::ranges::any_of(matter.sentences, [&](auto s) { return match(note, s); }),
                   std::string(note).c_str());
        for (const auto sentence : matter.sentences)
          QVERIFY2(std::ranges::any_of(matter.notes, [&](auto n) { return match(n, sentence); }),
                   std::string(sentence).c_str());
      }
  }

  void errands_are_many_and_carry_what_their_notes_say() {
    const EntitySwap names(corpus_of_names());
    std::mt19937_64 random(1), again(1);
    std::set<std::string> notes;
    int told = 0;
    constexpr int count = 5000;
    for (int i = 0; i < count; ++i) {
      const auto errand = make_errand(names, {}, random);
      QCOMPARE(make_errand(names, {}, again).instruction, errand.instruction);
      for (const auto* text : {&errand.instruction, &errand.mail, &errand.subject})
        QVERIFY2(text->find_first_of("{}|<") == std::string::npos, text->c_str());
      QVERIFY2(errand.mail.find(" i ") == std::string::npos, errand.mail.c_str());
      notes.insert(errand.incoming + errand.instruction);  // many are answered "yes"
      const PromptParts parts{
          errand.from_name, {}, errand.incoming, errand.to_name, errand.instruction};
      told += tells_the_truth(parts, errand.mail, errand.subject);
    }
    QVERIFY2(notes.size() > count - 25, std::to_string(notes.size()).c_str());
    // The rest have a day of the week shortened in the note and written out in the mail.
    QVERIFY2(told > count * 3 / 4, std::to_string(told).c_str());
  }

  void shorthand_keeps_facts_and_meaning() {
    QCOMPARE(key_words("I will send the report to Ann on Friday at 3:30 pm"),
             std::string("send report to Ann Friday at 3:30 pm"));
    QCOMPARE(key_words("it is"), std::string("it's"));
    QCOMPARE(subjectless("I will send it"), std::string("will send it"));
    QCOMPARE(subjectless("it's behind the door"), std::string("behind the door"));
    QCOMPARE(subjectless("we are ready now"), std::string("ready now"));
    QCOMPARE(subjectless("it's fine"), std::string("it's fine"));
    QCOMPARE(subjectless("Bob is ill"), std::string("Bob is ill"));
    for (std::uint64_t choice : {0ull, ~0ull, 0x123456789abcdefull})
      for (const char* fact : {"Ann", "$325", "plan_2.xls", "not"})
        QVERIFY(
            abbreviated("send plan_2.xls to Ann with $325 and do not wait", choice).find(fact) !=
            std::string::npos);
  }
};

QTEST_APPLESS_MAIN(ToldMailTest)
#include "told_mail_test.moc"

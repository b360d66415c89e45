#include "core/archive/archive.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

using namespace sancho::core;

namespace {

Message mail(const std::string& id, const std::string& subject, const std::string& own,
             std::int64_t date = 1'000'000'000, const std::string& from = "ana@x.org",
             const std::string& to = "bob@x.org") {
  Message m;
  m.message_id = id;
  m.subject = subject;
  m.own = m.body = own;
  m.date = date;
  m.from = {from == "ana@x.org" ? "Ana Díaz" : "", from};
  m.to = {{"", to}};
  m.content_hash = id + "/" + subject + "/" + own + "/" + std::to_string(date) + from;
  return m;
}

}  // namespace

class ArchiveTest : public QObject {
  Q_OBJECT
  QTemporaryDir folder_;
  std::unique_ptr<Archive> archive_;
  std::string file_;
  int count_ = 0;

 private slots:
  void init() {
    file_ = folder_.filePath(QString::number(++count_) + ".db").toStdString();
    archive_ = std::make_unique<Archive>(file_);
  }
  void cleanup() { archive_.reset(); }

  void message_comes_back_as_it_was_stored() {
    Message m = mail("1@x", "Grüße", "Hallo Welt");
    m.cc = {{"Lay, Ken", "ken@x.org"}};
    m.references = {"a@x", "b@x"};
    m.in_reply_to = "b@x";
    m.attachments = {{"a.pdf", "application/pdf", 7}};
    m.damage = {"one", "two"};
    m.signature = "-- \nAna";
    m.automatic = true;
    QCOMPARE(archive_->add(m, "box", 42), AddResult::stored);
    archive_->commit();
    archive_ = std::make_unique<Archive>(file_);
    const auto stored = archive_->message_by_id("<1@x>");
    QVERIFY(stored.has_value());
    const Message& back = stored->message;
    QCOMPARE(back.subject, m.subject);
    QCOMPARE(back.to, m.to);
    QCOMPARE(back.cc, m.cc);
    QCOMPARE(back.references, m.references);
    QCOMPARE(back.attachments.at(0).filename, std::string("a.pdf"));
    QCOMPARE(back.attachments.at(0).bytes, 7u);
    QCOMPARE(back.damage, m.damage);
    QCOMPARE(back.signature, m.signature);
    QVERIFY(back.automatic);
    QCOMPARE(archive_->integrity_check(), std::string("ok"));
    QVERIFY(!archive_->message(99));
  }

  void equal_content_is_a_duplicate_and_equal_id_alone_is_not() {
    QCOMPARE(archive_->add(mail("1@x", "s", "a"), "box", 0), AddResult::stored);
    QCOMPARE(archive_->add(mail("1@x", "s", "a"), "box", 9), AddResult::duplicate);
    QCOMPARE(archive_->add(mail("1@x", "s", "other"), "box", 0), AddResult::stored);
    QCOMPARE(archive_->message_count(), 2u);
  }

  void uncommitted_batch_is_not_kept() {
    archive_->add(mail("1@x", "s", "a"), "box", 0);
    archive_->commit();
    archive_->add(mail("2@x", "s", "b"), "box", 0);
    archive_ = std::make_unique<Archive>(file_);
    QCOMPARE(archive_->message_count(), 1u);
  }

  void two_connections_see_each_other() {
    Archive other(file_);
    archive_->add(mail("1@x", "s", "a"), "box", 0);
    archive_->commit();
    QCOMPARE(other.message_count(), 1u);
    QCOMPARE(other.add(mail("1@x", "s", "a"), "box", 0), AddResult::duplicate);
    QCOMPARE(other.add(mail("2@x", "s", "b"), "box", 0), AddResult::stored);
    other.commit();
    QCOMPARE(archive_->message_count(), 2u);
  }

  void words_are_found_and_free_text_is_no_syntax() {
    archive_->add(mail("1@x", "Budget", "the café opens"), "box", 0);
    archive_->add(mail("2@x", "Lunch", "the budget is small, the budget is late"), "box", 0);
    archive_->commit();
    QCOMPARE(archive_->search_words("CAFE", 10).size(), 1u);
    QCOMPARE(archive_->search_words("budget", 10).size(), 2u);
    QVERIFY(archive_->search_words("budget", 10)[0].second >=
            archive_->search_words("budget", 10)[1].second);
    QCOMPARE(archive_->search_words("Díaz", 10).size(), 2u);
    for (const char* text :
         {"\"", "AND OR NOT", "NEAR(", "a*b:c^d -e", "( )", "—", "", "body:x", "{x} + y"})
      archive_->search_words(text, 10);
    QCOMPARE(archive_->list("budget small", false, 10, 0).size(), 1u);
    QCOMPARE(archive_->list("", false, 1, 1).size(), 1u);
    SQLite::Database db(file_, SQLite::OPEN_READWRITE);
    db.exec("INSERT INTO word(word, rank) VALUES('integrity-check', 1)");
    db.exec("DELETE FROM message WHERE message_id = '1@x'");
    db.exec("INSERT INTO word(word, rank) VALUES('integrity-check', 1)");
    QCOMPARE(archive_->search_words("cafe", 10).size(), 0u);
  }

  void conversations_follow_references_in_any_order() {
    Message root = mail("r@x", "Plan", "root", 1000);
    Message reply = mail("a@x", "Re: Plan", "reply", 2000, "bob@x.org", "ana@x.org");
    reply.in_reply_to = "r@x";
    Message last = mail("b@x", "other words", "last", 3000);
    last.references = {"r@x", "a@x"};
    for (const Message& m :
         {last, mail("z@x", "Plan", "unrelated", 1500, "eve@y.org", "joe@y.org"), reply, root})
      archive_->add(m, "box", 0);
    archive_->commit();
    const auto key = archive_->message_by_id("a@x")->key;
    const auto thread = archive_->thread_of(key);
    QCOMPARE(thread.size(), 3u);
    QCOMPARE(thread[0].message.message_id, std::string("r@x"));
    QCOMPARE(archive_->parent_of(key)->message.message_id, std::string("r@x"));
    QCOMPARE(archive_->parent_of(thread[2].key)->message.message_id, std::string("a@x"));
    QVERIFY(!archive_->parent_of(thread[0].key));
  }

  void conversations_without_ids_follow_subject_parties_and_time() {
    const std::int64_t day = 24 * 3600;
    archive_->add(mail("q@x", "Lunch", "when?", 10 * day, "bob@x.org", "ana@x.org"), "box", 0);
    archive_->add(mail("a@x", "RE: lunch", "noon", 11 * day), "box", 0);
    archive_->add(mail("late@x", "Re: Lunch", "again", 200 * day), "box", 0);
    archive_->add(mail("else@x", "Re: Lunch", "no", 11 * day, "eve@y.org", "joe@y.org"), "box", 0);
    archive_->add(mail("plain@x", "Lunch", "new one", 12 * day), "box", 0);
    archive_->commit();
    const auto answer = archive_->message_by_id("a@x");
    QCOMPARE(archive_->parent_of(answer->key)->message.message_id, std::string("q@x"));
    QVERIFY(!archive_->parent_of(archive_->message_by_id("late@x")->key));
    QVERIFY(!archive_->parent_of(archive_->message_by_id("else@x")->key));
    const auto thread = archive_->thread_of(answer->key);
    QVERIFY(std::none_of(thread.begin(), thread.end(), [](const StoredMessage& m) {
      return m.message.message_id == "late@x" || m.message.message_id == "else@x";
    }));
  }

  void identities_are_whole_addresses() {
    for (int i = 0; i < 5; ++i) {
      const std::string n = std::to_string(i);
      archive_->add(mail("s" + n, "s" + n, "sent", i), "box", 0);
      archive_->add(mail("j" + n, "j" + n, "joanna", i, "joana@x.org", "ana@x.org"), "box", 0);
      archive_->add(mail("i" + n, "i" + n, "in", i, "bob@x.org", "ana@x.org"), "box", 0);
    }
    archive_->commit();
    QCOMPARE(archive_->identities().at(0).address.address, std::string("ana@x.org"));
    QCOMPARE(archive_->identities().at(0).sent, 5u);
    archive_->set_identities({"ANA@x.org"});
    QCOMPARE(archive_->own_count(), 5u);
    archive_->add(mail("new", "new", "new", 99), "box", 0);
    archive_->commit();
    QCOMPARE(archive_->own_keys().size(), 6u);
    QCOMPARE(archive_->message(archive_->own_keys().back())->message.message_id,
             std::string("new"));
    archive_->set_identities({"nobody@x.org"});
    QCOMPARE(archive_->own_count(), 0u);
    QVERIFY(archive_->identities().at(0).confirmed);
  }

  void generation_grows_with_every_change() {
    const auto first = archive_->generation();
    archive_->commit();
    QCOMPARE(archive_->generation(), first);
    archive_->add(mail("1@x", "s", "a"), "box", 0);
    archive_->commit();
    const auto second = archive_->generation();
    QVERIFY(second > first);
    archive_->set_identities({"ana@x.org"});
    QVERIFY(archive_->generation() > second);
  }

  void drafts_settings_and_positions_are_kept() {
    DraftRecord draft;
    draft.instruction = "say yes";
    draft.body = "Yes.";
    draft.id = archive_->save_draft(draft);
    draft.body = "Yes!";
    QCOMPARE(archive_->save_draft(draft), draft.id);
    archive_->set_setting("theme", "dark");
    archive_->set_source_position("/box", 10, 5, 7);
    archive_ = std::make_unique<Archive>(file_);
    QCOMPARE(archive_->drafts().size(), 1u);
    QCOMPARE(archive_->drafts()[0].body, std::string("Yes!"));
    QCOMPARE(archive_->setting("theme"), std::string("dark"));
    QCOMPARE(archive_->setting("none", "fallback"), std::string("fallback"));
    QCOMPARE(archive_->source_position("/box")->position, 7u);
    QVERIFY(!archive_->source_position("/other"));
  }

  void newer_schema_is_refused_and_left_alone() {
    archive_->add(mail("1@x", "s", "a"), "box", 0);
    archive_->commit();
    archive_.reset();
    { SQLite::Database(file_, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 999"); }
    try {
      Archive again(file_);
      QFAIL("a newer schema was opened");
    } catch (const ArchiveError& error) {
      QVERIFY(QString(error.what()).contains("newer Sancho"));
    }
    QCOMPARE(SQLite::Database(file_).execAndGet("SELECT count(*) FROM message").getInt(), 1);
  }

  void damaged_file_gives_one_sentence() {
    const std::string junk = folder_.filePath("junk.db").toStdString();
    std::ofstream(junk) << std::string(8192, 'x');
    QVERIFY_EXCEPTION_THROWN(Archive{junk}, ArchiveError);
    QVERIFY_EXCEPTION_THROWN(Archive{folder_.filePath("no/such/folder/a.db").toStdString()},
                             ArchiveError);
    for (int i = 0; i < 300; ++i)
      archive_->add(mail(std::to_string(i), "s", std::string(500, 'a') + std::to_string(i)), "box",
                    0);
    archive_->commit();
    archive_.reset();
    std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
    for (int page = 2; page < 40; ++page)
      file.seekp(page * 4096), file << std::string(4096, '\xff');
    file.close();
    try {
      Archive broken(file_);
      if (broken.integrity_check() == "ok") QFAIL("damage went unseen");
      for (const MessageKey key : broken.all_keys()) broken.message(key);
    } catch (const ArchiveError& error) {
      QVERIFY(QString(error.what()).contains("damaged"));
    }
  }
};

QTEST_APPLESS_MAIN(ArchiveTest)
#include "archive_test.moc"

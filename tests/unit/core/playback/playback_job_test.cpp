#include <QTemporaryDir>
#include <QTest>

#include "core/archive/archive.h"
#include "core/playback/playback_job.h"

using namespace sancho::core;

namespace {

Message mail(int number, const std::string& own, const std::string& body = {}) {
  Message m;
  m.message_id = "m" + std::to_string(number) + "@example.org";
  m.from = {"Kate Symes", "kate@example.org"};
  m.to = {{"Bob Smith", "bob@example.org"}};
  m.date = 1'000'000 + number * 1000;
  m.subject = "Re: Report " + std::to_string(number);
  m.own = own;
  m.body = body.empty() ? own : body;
  m.content_hash = "hash" + std::to_string(number);
  return m;
}

}  // namespace

class PlaybackJobTest : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::filesystem::path file(const char* name) const {
    return folder_.filePath(name).toStdString();
  }

  std::unique_ptr<Archive> filled(const char* name) const {
    auto archive = std::make_unique<Archive>(file(name));
    int number = 0;
    for (; number < 20; ++number)
      archive->add(mail(number, "Bob,\n\nThe report number " + std::to_string(number + 30) +
                                    " is ready for you.\n\nKate"),
                   "box", static_cast<std::uint64_t>(number));
    const auto add = [&](Message m) {
      archive->add(m, "box", static_cast<std::uint64_t>(number++));
    };
    add(mail(number, "OK"));
    add(mail(number, "", "> quoted only"));
    add(mail(number, "Bob,\n\nThe report number 30 is ready for you.\n\nKate", "other body"));
    std::string longest;
    for (int i = 0; i < 500; ++i) longest += "word ";
    add(mail(number, longest));
    add(mail(number, "12345 67890 12345 67890 12345 67890"));
    Message robot = mail(number, "I am out of the office until Monday.");
    robot.automatic = true;
    add(robot);
    archive->commit();
    archive->set_identities({"kate@example.org"});
    return archive;
  }

 private slots:
  void every_own_mail_is_usable_or_rejected_for_a_counted_reason() {
    const auto archive = filled("counts.db");
    const auto result = make_pairs(*archive, {}, {}, {});
    const auto& report = result.report;
    QCOMPARE(report.own, std::size_t(26));
    std::size_t rejected = 0;
    for (const auto& [reason, count] : report.rejected) rejected += count;
    QCOMPARE(report.usable + rejected, report.own);
    for (const char* reason : {"too short", "no words of your own", "duplicate text", "too long",
                               "not text", "automatic"})
      QVERIFY2(report.rejected.contains(reason), reason);
  }

  void the_newest_fifth_is_held_out_with_one_phrasing_each() {
    const auto archive = filled("split.db");
    const auto result = make_pairs(*archive, {}, {}, {});
    QCOMPARE(result.report.usable, std::size_t(20));
    QCOMPARE(result.report.heldout, std::size_t(4));
    QCOMPARE(result.pairs.size(), std::size_t(16 * 2 + 4));
    std::int64_t newest_train = 0, oldest_heldout = INT64_MAX;
    for (const auto& pair : result.pairs)
      if (pair.heldout)
        oldest_heldout = std::min(oldest_heldout, pair.date);
      else
        newest_train = std::max(newest_train, pair.date);
    QVERIFY(newest_train < oldest_heldout);
  }

  void names_come_from_the_headers_and_the_sign_off() {
    const auto archive = filled("names.db");
    for (const auto& pair : make_pairs(*archive, {}, {}, {}).pairs) {
      QCOMPARE(pair.from_name, std::string("Kate"));
      QCOMPARE(pair.to_name, std::string("Bob"));
      QVERIFY(pair.subject.starts_with("Report"));
    }
  }

  void the_same_archive_and_seed_give_the_same_pairs() {
    const auto archive = filled("same.db");
    const auto a = make_pairs(*archive, {}, {}, {}).pairs,
               b = make_pairs(*archive, {}, {}, {}).pairs;
    QCOMPARE(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) QCOMPARE(a[i].instruction, b[i].instruction);
  }

  void a_stop_request_ends_the_job() {
    const auto archive = filled("stop.db");
    std::stop_source source;
    source.request_stop();
    QVERIFY(make_pairs(*archive, {}, {}, source.get_token()).report.cancelled);
  }

  void other_words_are_for_training_pairs_alone() {
    const auto archive = filled("reworded.db");
    const auto by_rules = make_pairs(*archive, {}, {}, {});
    PlaybackOptions options;
    std::size_t asked = 0;
    options.reword = [&](const TrainingPair& pair, std::uint64_t) {
      return ++asked == 1 ? std::vector<std::string>{}
                          : std::vector<std::string>{"say: " + pair.mail};
    };
    const auto result = make_pairs(*archive, options, {}, {});
    QCOMPARE(asked, result.report.train);
    QCOMPARE(result.report.by_model, result.report.train - 1);
    QCOMPARE(result.pairs.size(), by_rules.pairs.size());
    std::size_t changed = 0;
    for (std::size_t i = 0; i < result.pairs.size(); ++i) {
      QCOMPARE(result.pairs[i].mail, by_rules.pairs[i].mail);
      QCOMPARE(result.pairs[i].heldout, by_rules.pairs[i].heldout);
      if (result.pairs[i].style != "model") {
        QCOMPARE(result.pairs[i].instruction, by_rules.pairs[i].instruction);
        continue;
      }
      ++changed;
      QVERIFY(!result.pairs[i].heldout);
      QCOMPARE(result.pairs[i].instruction, "say: " + result.pairs[i].mail);
    }
    QCOMPARE(changed, result.report.by_model);
  }

  void pairs_survive_writing_and_reading() {
    TrainingPair pair;
    pair.message = 7;
    pair.heldout = true;
    pair.instruction = "say \"yes\"\nnow";
    pair.related = {"a", "b"};
    pair.mail = "Sí.\n";
    write_pairs(file("pairs.jsonl"), {pair, {}});
    const auto read = read_pairs(file("pairs.jsonl"));
    QCOMPARE(read.size(), std::size_t(2));
    QCOMPARE(read[0].message, std::int64_t(7));
    QVERIFY(read[0].heldout);
    QCOMPARE(read[0].instruction, pair.instruction);
    QCOMPARE(read[0].related, pair.related);
    QCOMPARE(read[0].mail, pair.mail);
  }

  void damaged_pairs_are_named() {
    QFile broken(QString::fromStdString(file("broken.jsonl").string()));
    QVERIFY(broken.open(QIODevice::WriteOnly));
    broken.write("{\"message\":1}\n");
    broken.close();
    QVERIFY_EXCEPTION_THROWN(read_pairs(file("broken.jsonl")), std::runtime_error);
    QVERIFY_EXCEPTION_THROWN(read_pairs(file("absent.jsonl")), std::runtime_error);
  }
};

QTEST_APPLESS_MAIN(PlaybackJobTest)
#include "playback_job_test.moc"

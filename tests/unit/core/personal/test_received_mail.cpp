#include <QTemporaryDir>
#include <QTest>

#include "core/personal/received_mail.h"
#include "core/personal/training_samples.h"
#include "core/pretrain/tokenizer_training.h"

using namespace sancho;
using namespace sancho::core;

namespace {

Message mail(const std::string& own, std::int64_t date, const std::string& from = "bob@x.org") {
  Message m;
  m.message_id = m.content_hash = own + std::to_string(date) + from;
  m.own = m.body = own;
  m.date = date;
  m.from = {"", from};
  m.to = {{"", from == "ana@x.org" ? "bob@x.org" : "ana@x.org"}};
  return m;
}

const std::string first = "The pipeline at Topock will be shut for two days in May.";
const std::string second = "Please find the new prices of the Otay plant for next week.";

}  // namespace

/// What others wrote to the user, as text to learn from.
class TestReceivedMail : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::unique_ptr<Archive> archive_;

  std::vector<std::string> received(std::int64_t before, std::size_t most = 100) const {
    std::vector<std::string> texts;
    for_received_mail(*archive_, before, [&](const std::string& text) {
      texts.push_back(text);
      return texts.size() < most;
    });
    return texts;
  }

 private slots:
  void initTestCase() {
    archive_ = std::make_unique<Archive>(folder_.filePath("archive.sqlite").toStdString());
    archive_->add(mail(first, 100), "box", 0);
    archive_->add(mail(second, 200), "box", 1);
    archive_->add(mail(first, 300), "box", 2);  // the same words again
    archive_->add(mail("My own answer to you is that it can wait.", 150, "ana@x.org"), "box", 3);
    archive_->add(mail("Thanks.", 160), "box", 4);
    archive_->add(mail("1 2 3 4 5 6 7 8 9 | 10 | 11 | 12 | 13 | 14", 170), "box", 5);
    Message robot = mail("I am out of the office until Monday and read no mail.", 180);
    robot.automatic = true;
    archive_->add(robot, "box", 6);
    archive_->commit();
    archive_->set_identities({"ana@x.org"});
  }

  void others_words_come_newest_first_and_once() {
    QCOMPARE(received(0), (std::vector<std::string>{first, second}));
    QCOMPARE(received(0, 1), std::vector<std::string>{first});
  }

  void what_is_not_older_than_held_out_mail_is_not_read() {
    QCOMPARE(received(200), std::vector<std::string>{first});
    QCOMPARE(received(201), (std::vector<std::string>{second, first}));
    QVERIFY(received(100).empty());
  }

  void reading_is_plain_text_and_about_as_much_as_own_mail() {
    std::vector<std::string> texts(100, first + " " + second + " Thanks, Ana");
    const auto tokenizer = train_tokenizer(texts, 320, 1);
    const PromptLayout layout(tokenizer);
    std::vector<TrainingPair> pairs(2);
    pairs[1].heldout = true;
    pairs[1].date = 500;
    std::int64_t asked_before = 0;
    const ReceivedMail many = [&](std::int64_t before, const auto& take) {
      asked_before = before;
      while (take(first)) continue;
    };
    std::vector<engine::TrainSample> own(1);
    own[0].tokens.resize(200);
    const auto samples = reading_samples(pairs, many, own, layout, 64);
    QCOMPARE(asked_before, std::int64_t(500));
    QCOMPARE(samples.front().loss_from, 1u);
    QCOMPARE(tokenizer.decode(std::span(samples.front().tokens).subspan(1)), first);
    const auto tokens = engine::token_count(samples), one = samples.front().tokens.size();
    QVERIFY(tokens >= 200 && tokens < 200 + one);
  }
};

QTEST_GUILESS_MAIN(TestReceivedMail)
#include "test_received_mail.moc"

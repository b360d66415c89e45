#include "core/mail/mbox.h"

#include <QtTest>
#include <filesystem>
#include <sstream>
#include <stdexcept>

#include "core/mail/mailbox_reader.h"
#include "test_mail.h"

using namespace sancho::core;
using namespace sancho::test;

namespace {

const std::string kFirst =
    "From ana@example.org Wed Aug 30 14:15:00 2000\n"
    "From: ana@example.org\nSubject: one\n\nHello\n\n";
const std::string kSecond =
    "From bob@example.org Thu Aug 31 09:00:00 2000\n"
    "From: bob@example.org\nSubject: two\n\nWorld\n\n";

std::vector<RawMessage> parse(const std::string& text) {
  std::istringstream in(text);
  std::vector<RawMessage> out;
  read_mbox(in, 0,
            [&](RawMessage&& message) {
              out.push_back(std::move(message));
              return true;
            },
            {}, {});
  return out;
}

}  // namespace

class MboxTest : public QObject {
  Q_OBJECT
 private slots:
  void messages_come_whole_and_in_order() {
    const auto found = parse(kFirst + kSecond);
    QCOMPARE(found.size(), 2u);
    QCOMPARE(found[0].raw, std::string("From: ana@example.org\nSubject: one\n\nHello\n"));
    QCOMPARE(found[0].offset, 0u);
    QCOMPARE(found[1].offset, kFirst.size());
    QVERIFY(found[0].defect.empty() && found[1].defect.empty());
  }

  void separators_are_told_from_sentences_data() {
    QTest::addColumn<QString>("line");
    QTest::addColumn<int>("kind");
    const auto row = [](const char* line, Separator kind) {
      QTest::newRow(line) << QString(line) << static_cast<int>(kind);
    };
    row("From a@b.org Wed Aug 30 14:15:00 2000\n", Separator::dated);
    row("From a@b.org Wed Aug  3 14:15:00 2000\r\n", Separator::dated);
    row("From - Thu Jan 01 00:00:00 1970\n", Separator::dated);
    row("From 123@xxx Mon Jan 01 00:00:00 +0000 2014\n", Separator::dated);
    row("From a@b.org Wed Aug 30 14:15 MET DST 2000\n", Separator::likely);
    row("From a@b.org Wed Aug 30 14:15:00 2000 +0200\n", Separator::dated);
    row("From \"Ana D\" Wed Aug 30 14:15:00 2000\n", Separator::dated);
    row("From what I hear, it starts on Wed Aug 30 at noon\n", Separator::none);
    row("From Wed Aug 30 14:15:00 2000 on, we are closed\n", Separator::none);
    row("From me\n", Separator::none);
    row("from a@b.org Wed Aug 30 14:15:00 2000\n", Separator::none);
    row("From a@b.org I have heard nothing\n", Separator::likely);
  }
  void separators_are_told_from_sentences() {
    QFETCH(QString, line);
    QFETCH(int, kind);
    QCOMPARE(static_cast<int>(separator_kind(line.toStdString())), kind);
  }

  void body_lines_that_begin_with_from_stay_in_the_body() {
    const std::string body =
        "From what I hear this is fine.\n\nFrom bob@example.org I heard nothing.\n\n"
        "From Monday on we are closed.\n";
    const auto found =
        parse("From a@b.org Wed Aug 30 14:15:00 2000\nFrom: a@b.org\n\n" + body + "\n" + kSecond);
    QCOMPARE(found.size(), 2u);
    QVERIFY(found[0].raw.ends_with(body));
  }

  void mboxrd_quoting_is_undone_by_one_level() {
    const auto found = parse(
        "From a@b.org Wed Aug 30 14:15:00 2000\nFrom: a@b.org\n\n"
        ">From the start\n>>From deeper\n>Frommage\n\n");
    QCOMPARE(found.size(), 1u);
    QVERIFY(found[0].raw.ends_with("\n\nFrom the start\n>From deeper\n>Frommage\n"));
  }

  void missing_empty_line_before_a_dated_separator_loses_no_neighbour() {
    const auto found =
        parse("From a@b.org Wed Aug 30 14:15:00 2000\nFrom: a@b.org\n\ncut he\n" + kSecond);
    QCOMPARE(found.size(), 2u);
  }

  void crlf_mailbox_is_read() {
    std::string text = kFirst + kSecond;
    for (std::size_t i = 0; (i = text.find('\n', i)) != std::string::npos; i += 2)
      text.insert(i, "\r");
    const auto found = parse(text);
    QCOMPARE(found.size(), 2u);
    QCOMPARE(found[1].raw, std::string("From: bob@example.org\r\nSubject: two\r\n\r\nWorld\r\n"));
  }

  void truncated_mbox_keeps_every_complete_message() {
    const std::string whole = kFirst + kSecond;
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
      const auto found = parse(whole.substr(0, cut));
      if (cut == kFirst.size() || cut > kFirst.size() + 46)
        QCOMPARE(found[0].raw, parse(kFirst)[0].raw);
      if (cut > kFirst.size() + 46) {
        QCOMPARE(found.size(), 2u);
        QCOMPARE(found[1].defect.empty(), whole[cut - 1] == '\n');
      }
    }
  }

  void binary_junk_before_the_first_separator_is_named() {
    const auto found = parse(std::string("\x01\x02junk\0more\n\n", 13) + kFirst);
    QCOMPARE(found.size(), 2u);
    QVERIFY(!found[0].defect.empty());
    QVERIFY(found[1].defect.empty());
  }

  void oversized_message_is_cut_and_its_neighbours_kept() {
    std::string text = kFirst + "From big@b.org Wed Aug 30 14:15:00 2000\nFrom: big@b.org\n\n";
    text.append(std::string(1'000'000, 'x') + "\n");
    std::string huge;
    for (int i = 0; i < 66; ++i) huge += std::string(1'048'575, 'y') + "\n";
    const auto found = parse(text + huge + "\n" + kSecond);
    QCOMPARE(found.size(), 3u);
    QVERIFY(found[1].raw.size() <= kLargestMessage);
    QVERIFY(found[1].defect.find("64 MiB") != std::string::npos);
    QCOMPARE(found[2].raw, parse(kSecond)[0].raw);
  }

  void lines_without_end_are_read_in_pieces() {
    const std::string line(3'000'000, 'z');
    const auto found =
        parse("From a@b.org Wed Aug 30 14:15:00 2000\nFrom: a@b.org\n\n" + line + "\n\n" + kSecond);
    QCOMPARE(found.size(), 2u);
    QVERIFY(found[0].raw.ends_with(line + "\n"));
  }

  void reading_goes_on_from_an_offset() {
    QTemporaryDir folder;
    const std::string path = write_file(folder, "box", kFirst + kSecond);
    QVERIFY(message_begins_at(path, kFirst.size()));
    QVERIFY(!message_begins_at(path, kFirst.size() + 1));
    std::vector<RawMessage> found;
    read_mailbox(
        path,
        [&](RawMessage&& m) {
          found.push_back(std::move(m));
          return true;
        },
        {}, {}, kFirst.size());
    QCOMPARE(found.size(), 1u);
    QCOMPARE(found[0].offset, kFirst.size());
  }

  void reading_stops_when_asked() {
    int seen = 0;
    std::istringstream in(kFirst + kSecond);
    read_mbox(in, 0,
              [&](RawMessage&&) {
                ++seen;
                return false;
              },
              {}, {});
    QCOMPARE(seen, 1);
    std::stop_source stop;
    stop.request_stop();
    std::istringstream again(kFirst + kSecond);
    read_mbox(
        again, 0,
        [&](RawMessage&&) {
          ++seen;
          return true;
        },
        {}, stop.get_token());
    QCOMPARE(seen, 1);
  }

  void kinds_are_recognised() {
    QTemporaryDir folder;
    QCOMPARE(mailbox_kind(write_file(folder, "box", kFirst)), MailboxKind::mbox);
    QCOMPARE(mailbox_kind(write_file(folder, "a.eml", "From: a@b.org\n\nHi\n")), MailboxKind::eml);
    QCOMPARE(mailbox_kind(write_file(folder, "b.eml", kFirst)), MailboxKind::eml);
    QCOMPARE(mailbox_kind(write_file(folder, "raw", "Received: x\n\ty\nSubject: s\n\nHi\n")),
             MailboxKind::eml);
    QCOMPARE(mailbox_kind(write_file(folder, "text", "Note: buy milk\nFrom here on\n")),
             MailboxKind::not_mail);
    QCOMPARE(mailbox_kind(write_file(folder, "bin",
                                     std::string("\x7f"
                                                 "ELF\0\0\1\2",
                                                 8))),
             MailboxKind::not_mail);
    QCOMPARE(mailbox_kind(write_file(folder, "empty", "")), MailboxKind::not_mail);
    QVERIFY_EXCEPTION_THROWN(mailbox_kind(folder.filePath("absent").toStdString()),
                             std::runtime_error);
    QVERIFY_EXCEPTION_THROWN(read_all(folder.filePath("text").toStdString()), std::runtime_error);
  }

  void maildir_and_nested_folders_are_found() {
    namespace fs = std::filesystem;
    QTemporaryDir folder;
    const fs::path root = folder.path().toStdString();
    fs::create_directories(root / "Mail/cur");
    fs::create_directories(root / "Mail/new");
    fs::create_directories(root / "Mail/.Sent/cur");
    fs::create_directories(root / "other");
    write_file(folder, "Mail/cur/1:2,S", "From: a@b.org\n\none\n");
    write_file(folder, "Mail/new/2", "From: a@b.org\n\ntwo\n");
    write_file(folder, "Mail/.Sent/cur/3", "From: a@b.org\n\nthree\n");
    write_file(folder, "other/box", kFirst);
    write_file(folder, "other/notes.txt", "milk, eggs\n");
    fs::create_directory_symlink(root, root / "other/loop");
    const MailboxList list = find_mailboxes({root});
    QCOMPARE(list.mailboxes.size(), 3u);
    QCOMPARE(list.passed_over.size(), 2u);
    QCOMPARE(read_all((root / "Mail").string()).size(), 2u);
    QVERIFY_EXCEPTION_THROWN(find_mailboxes({root / "absent"}), std::runtime_error);
  }
};

QTEST_APPLESS_MAIN(MboxTest)
#include "mbox_test.moc"

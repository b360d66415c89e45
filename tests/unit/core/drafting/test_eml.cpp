#include <QTest>
#include <algorithm>
#include <sstream>

#include "core/drafting/eml.h"

using namespace sancho::core;

namespace {

UnsentMail plain_mail() {
  UnsentMail mail;
  mail.from = {"Kit Malone", "kit@example.org"};
  mail.to = {{"Ana Ruiz", "ana@example.com"}};
  mail.subject = "Lunch on Friday";
  mail.body = "Hi Ana,\n\nFriday works.\n\nKit";
  mail.date = 1'700'000'000;
  return mail;
}

}  // namespace

class TestEml : public QObject {
  Q_OBJECT

 private slots:
  void what_is_written_reads_back() {
    auto mail = plain_mail();
    mail.in_reply_to = "parent@example.com";
    mail.references = {"first@example.com", "parent@example.com"};
    const Message read = parse_message(format_eml(mail));
    QCOMPARE(read.from.address, mail.from.address);
    QCOMPARE(read.from.name, mail.from.name);
    QCOMPARE(read.to, mail.to);
    QCOMPARE(read.subject, mail.subject);
    QCOMPARE(read.date, mail.date);
    QCOMPARE(read.in_reply_to, mail.in_reply_to);
    QCOMPARE(read.references, mail.references);
    QCOMPARE(QString::fromStdString(read.body).trimmed(), QString::fromStdString(mail.body));
    QVERIFY(read.damage.empty());
  }

  void any_language_reads_back() {
    auto mail = plain_mail();
    mail.from.name = "Zoë \"Z\" Müller-Łukasiewicz, 日本語の名前がとても長い人のための名前";
    mail.subject =
        "Grüße aus Köln – 会議は金曜日の午後三時に始まりますので、よろしくお願いします "
        "🙂";
    mail.body = "Schöne Grüße!\nEine sehr lange Zeile: " + std::string(300, 'x') +
                " und noch mehr = hier.\n.\nFrom here\ntrailing space \n\ttab\t\nEnde";
    const std::string eml = format_eml(mail);
    const Message read = parse_message(eml);
    QCOMPARE(read.subject, mail.subject);
    QCOMPARE(read.from.name, mail.from.name);
    const auto rest = QString::fromStdString(mail.body);
    QVERIFY(QString::fromStdString(read.body).contains(rest.left(300)));
    QVERIFY(QString::fromStdString(read.body).contains("From here"));
  }

  void the_file_is_ascii_with_short_crlf_lines() {
    auto mail = plain_mail();
    mail.subject =
        "日本語の件名はとても長いので、何行にも折り返さなければなりません。そうですよね？";
    mail.body = "Füße\n" + std::string(500, 'e') + "\näöü" + std::string(200, ' ');
    const std::string eml = format_eml(mail);
    QVERIFY(std::all_of(eml.begin(), eml.end(),
                        [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
    std::size_t start = 0;
    for (std::size_t end; (end = eml.find('\n', start)) != std::string::npos; start = end + 1) {
      QVERIFY(end > start && eml[end - 1] == '\r');
      QVERIFY(end - start <= 79);
    }
    QCOMPARE(start, eml.size());
  }

  void it_says_that_it_is_unsent() {
    QVERIFY(format_eml(plain_mail()).find("X-Unsent: 1\r\n") != std::string::npos);
  }

  void no_value_can_add_a_header() {
    auto mail = plain_mail();
    mail.subject = "Hello\r\nBcc: spy@example.net";
    mail.from.name = "Kit\nBcc: spy@example.net";
    mail.to[0].address = "ana@example.com>\r\nBcc: spy@example.net";
    mail.in_reply_to = "x>\r\nBcc: spy@example.net";
    const std::string eml = format_eml(mail);
    QVERIFY(eml.find("\nBcc:") == std::string::npos);
    QVERIFY(parse_message(eml).bcc.empty());
  }

  void unknown_addresses_are_left_out() {
    UnsentMail mail = plain_mail();
    mail.from = {};
    mail.to.clear();
    const std::string eml = format_eml(mail);
    QVERIFY(eml.find("From:") == std::string::npos);
    QVERIFY(eml.find("To:") == std::string::npos);
    QVERIFY(eml.find("In-Reply-To:") == std::string::npos);
  }

  void dates_are_rfc_5322() {
    QVERIFY(format_eml(plain_mail()).find("Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n") !=
            std::string::npos);
  }
};

QTEST_GUILESS_MAIN(TestEml)
#include "test_eml.moc"

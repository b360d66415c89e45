#include "core/mail/message.h"

#include <QStringDecoder>
#include <QtTest>

#include "core/mail/charset.h"
#include "core/mail/html_text.h"
#include "test_mail.h"

using namespace sancho::core;

namespace {

const std::string kHead =
    "From: Ana <ana@example.org>\nTo: bob@example.org\nSubject: s\n"
    "Date: Wed, 30 Aug 2000 14:15:00 -0700\nMessage-ID: <1@x>\nMIME-Version: 1.0\n";

Message mail(const std::string& rest) {
  return parse_message(kHead + rest);
}

bool is_utf8(const std::string& text) {
  QStringDecoder decoder(QStringDecoder::Utf8);
  [[maybe_unused]] const QString decoded =
      decoder(QByteArrayView(text.data(), static_cast<qsizetype>(text.size())));
  return !decoder.hasError();
}

std::string words(const std::string& text) {
  return QString::fromStdString(text).simplified().toStdString();
}

}  // namespace

class MessageTest : public QObject {
  Q_OBJECT
 private slots:
  void header_fields_are_decoded() {
    const Message m = parse_message(
        "From: =?iso-8859-1?Q?Ana_D=EDaz?= <Ana.Diaz@Example.ORG>\n"
        "To: \"Lay, Ken\" <ken@enron.com>, Friends: a@b.org, c@d.org;, undisclosed-recipients:;\n"
        "Cc: d..steffes@enron.com (Jim)\n"
        "Subject: =?utf-8?B?R3LDvMOfZQ==?=\n =?utf-8?Q?_aus_K=C3=B6ln?=\n"
        "Message-ID: <abc@x>\nIn-Reply-To: <p@x>\nReferences: <r@x>\n <p@x>\n"
        "Date: Thu, 1 Jan 1970 01:00:10 +0100\n\nHi\n");
    QCOMPARE(m.from, (Address{"Ana Díaz", "ana.diaz@example.org"}));
    QCOMPARE(m.to.size(), 3u);
    QCOMPARE(m.to[0], (Address{"Lay, Ken", "ken@enron.com"}));
    QCOMPARE(m.to[2].address, std::string("c@d.org"));
    QCOMPARE(m.cc.at(0), (Address{"Jim", "d..steffes@enron.com"}));
    QCOMPARE(m.subject, std::string("Grüße aus Köln"));
    QCOMPARE(m.message_id, std::string("abc@x"));
    QCOMPARE(m.in_reply_to, std::string("p@x"));
    QCOMPARE(m.references, (std::vector<std::string>{"r@x", "p@x"}));
    QCOMPARE(m.date, 10);
    QVERIFY(m.damage.empty());
  }

  void missing_header_fields_are_named_and_the_body_kept() {
    const Message m = parse_message("Subject: only this\n\nHello\n");
    QCOMPARE(words(m.own), std::string("Hello"));
    QVERIFY(!m.message_id.empty());
    QVERIFY(m.damage.size() >= 2);
    QCOMPARE(m.date, 0);
  }

  void message_ids_made_from_content_are_stable() {
    QCOMPARE(parse_message("Subject: a\n\nx").message_id,
             parse_message("Subject: a\n\nx").message_id);
    QVERIFY(parse_message("Subject: a\n\nx").message_id !=
            parse_message("Subject: a\n\ny").message_id);
  }

  void transfer_encodings_are_undone() {
    QCOMPARE(mail("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
                  "R3LDvMOfZQ==\n")
                 .body,
             std::string("Grüße"));
    QCOMPARE(words(mail("Content-Type: text/plain; charset=iso-8859-15\n"
                        "Content-Transfer-Encoding: quoted-printable\n\n10 =A4, so=\nft\n")
                       .body),
             std::string("10 €, soft"));
  }

  void plain_text_is_taken_before_html() {
    const Message m = mail(
        "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: "
        "text/plain\n\nplain\n"
        "--b\nContent-Type: text/html\n\n<p>html</p>\n--b--\n");
    QCOMPARE(words(m.body), std::string("plain"));
    const Message empty_plain = mail(
        "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n \n"
        "--b\nContent-Type: text/html\n\n<p>html</p>\n--b--\n");
    QCOMPARE(words(empty_plain.body), std::string("html"));
  }

  void attachments_are_named_and_their_text_left_out() {
    const Message m = mail(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nmine\n"
        "--b\nContent-Type: text/plain\nContent-Disposition: attachment;\n"
        " filename*=utf-8''na%C3%AFve.txt\n\nnot mine\n"
        "--b\nContent-Type: image/png; name=\"a.png\"\nContent-Transfer-Encoding: "
        "base64\n\nAAAA\n--b--\n");
    QCOMPARE(words(m.own), std::string("mine"));
    QCOMPARE(m.attachments.size(), 2u);
    QCOMPARE(m.attachments[0].filename, std::string("naïve.txt"));
    QCOMPARE(m.attachments[1].filename, std::string("a.png"));
    QCOMPARE(m.attachments[1].bytes, 3u);
  }

  void forwarded_message_is_readable_but_not_own() {
    const Message m = mail(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nSee below.\n"
        "--b\nContent-Type: message/rfc822\n\nFrom: c@d.org\nSubject: inner\n\ninner "
        "words\n--b--\n");
    QCOMPARE(words(m.own), std::string("See below."));
    QVERIFY(m.body.find("inner words") != std::string::npos);
  }

  void charsets_fall_back_and_say_so() {
    const Message wrong = mail("Content-Type: text/plain; charset=us-ascii\n\ncaf\xC3\xA9\n");
    QCOMPARE(words(wrong.body), std::string("café"));
    QCOMPARE(wrong.damage.size(), 1u);
    const Message unknown =
        mail("Content-Type: text/plain; charset=klingon\n\n\x93quoted\x94 \x80 5\n");
    QVERIFY(!unknown.damage.empty());
    QVERIFY(QString::fromStdString(unknown.body).contains("quoted"));
    QCOMPARE(decode_text("\xA4\xA2", "euc-jp").utf8, std::string("あ"));
    QCOMPARE(decode_text("\x80", "iso-8859-1").utf8, std::string("€"));
    QCOMPARE(decode_text("a\r\nb\rc\0d", "").utf8, std::string("a\nb\nc"));
  }

  void everything_that_comes_out_is_valid_utf8() {
    std::string raw = "From: \xff\xfe <a@b>\nSubject: \xc3\x28 =?x?Q?=ff?=\n\n";
    for (int i = 0; i < 256; ++i) raw += static_cast<char>(i);
    const Message m = parse_message(raw);
    for (const std::string& text : {m.subject, m.from.name, m.body, m.own}) QVERIFY(is_utf8(text));
  }

  void html_becomes_text() {
    QCOMPARE(html_to_text(
                 "<head><style>p{}</style><title>t</title></head><p>One&nbsp;&amp; two<br>three</p>"
                 "<p>four <script>x()</script></p>"),
             std::string("One & two\nthree\n\nfour\n"));
    QCOMPARE(html_to_text("<ul><li>a</li><li>b</li></ul><ol><li>c<li>d</ol>"),
             std::string("* a\n* b\n\n1. c\n2. d\n"));
    QCOMPARE(html_to_text("mine<blockquote>theirs<br>too</blockquote>"),
             std::string("mine\n> theirs\n> too\n"));
    QCOMPARE(html_to_text("<a href='https://x.org/a'>here</a>"),
             std::string("here <https://x.org/a>\n"));
  }

  void hostile_html_ends() {
    std::string deep, formatted;
    for (int i = 0; i < 200'000; ++i) deep += "<div>";
    QCOMPARE(words(html_to_text(deep + "x")), std::string("x"));
    for (int i = 0; i < 5000; ++i) formatted += "<b id=" + std::to_string(i) + ">";
    for (int i = 0; i < 5000; ++i) formatted += "<p>y";
    QVERIFY(html_to_text(formatted).size() >= 5000);
  }

  void hostile_nesting_ends() {
    std::string raw = kHead;
    for (int i = 0; i < 100'000; ++i) raw += "Content-Type: multipart/mixed; boundary=a\n\n--a\n";
    QVERIFY(!parse_message(raw).damage.empty());
    raw = kHead;
    for (int i = 0; i < 900; ++i) raw += "Content-Type: message/rfc822\n\n";
    QVERIFY(!parse_message(raw + "Subject: x\n\nend").damage.empty());
  }

  void truncated_multipart_keeps_what_was_read() {
    const Message m = mail(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nkept wor");
    QCOMPARE(words(m.body), std::string("kept wor"));
    QVERIFY(!m.damage.empty());
  }

  void robots_are_marked() {
    QVERIFY(mail("Auto-Submitted: auto-replied\n\nAway\n").automatic);
    QVERIFY(mail("List-Unsubscribe: <mailto:x>\n\nNews\n").automatic);
    QVERIFY(mail("Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
                 "--b\n\nfailed\n--b--\n")
                .automatic);
    QVERIFY(!mail("\nHello\n").automatic);
  }
};

QTEST_APPLESS_MAIN(MessageTest)
#include "message_test.moc"

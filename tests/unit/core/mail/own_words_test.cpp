#include "core/mail/own_words.h"

#include <QtTest>

using namespace sancho::core;

class OwnWordsTest : public QObject {
  Q_OBJECT
 private slots:
  void originals_are_cut_off_data() {
    QTest::addColumn<QString>("below");
    const auto row = [](const char* name, const char* text) {
      QTest::newRow(name) << QString(text);
    };
    row("Outlook", " -----Original Message-----\nFrom: \tBob\nSent:\tMonday\nTo:\tAna\n\ntheirs\n");
    row("Outlook header alone",
        "________________________________\nFrom: Bob\nSent: Monday\nTo: Ana\nSubject: "
        "x\n\ntheirs\n");
    row("German Outlook", "Von: Bob\nGesendet: Montag\nAn: Ana\nBetreff: x\n\ntheirs\n");
    row("Russian", "От: Bob\nОтправлено: сегодня\nКому: Ana\n\ntheirs\n");
    row("Hotmail",
        "----\nDate: Thu, 26 Jun 2014\nSubject: x\nFrom: b@x.org\nTo: a@x.org\n\ntheirs\n");
    row("Lotus Notes",
        "\n\n\nBob Smith@ENRON\n02/07/2001 11:46 AM\nTo: Ana/PDX/ECT@ECT\ncc:  \n\nSubject: "
        "TFS\n\ntheirs\n");
    row("Lotus Notes on one line",
        "   Bob Smith @ ECT                01/03/2001 12:34 PM\n\nTo: Ana\ncc: \nSubject: "
        "x\n\ntheirs\n");
    row("Lotus Notes with company",
        "\tEnron North America Corp.\n\t\n\tFrom:  Bob @ ENRON          02/01/2001 05:30 "
        "PM\n\t\n\nTo: Ana\ncc: \nSubject: x\n\ntheirs\n");
    row("Lotus Notes forward",
        "---------------------- Forwarded by Ana/HOU/ECT on 04/26/2000 03:08 \nPM "
        "---------------------------\n\ntheirs\n");
    row("Lotus Notes sent by another",
        "Bob@ENRON\n08/31/2000 11:49 AM\nSent by: Eve@ENRON\nTo: Ana\ncc: \nSubject: "
        "x\n\ntheirs\n");
    row("Gmail forward", "---------- Forwarded message ---------\nFrom: Bob\nDate: x\n\ntheirs\n");
    row("Apple forward", "Begin forwarded message:\n\n> From: Bob\n> theirs\n");
    row("attribution", "On Mon, Apr 2, 2012 at 6:26 PM, Bob <bob@x.org> wrote:\n\n> theirs\n");
    row("wrapped attribution",
        "On Mon, Apr 2, 2012 at 6:26 PM, Bob Smith the Third of "
        "Somewhere\n<bob.smith.the.third@example.org> wrote:\n> theirs\n");
    row("attribution without quote marks",
        "On 22 Aug 2015, at 19:21, Bob <b@x.org> wrote:\n\ntheirs\n");
    row("German attribution", "Am 02.04.2012 um 18:26 schrieb Bob <bob@x.org>:\n\n> theirs\n");
    row("French attribution", "Le 2 avril 2012 à 18:26, Bob <bob@x.org> a écrit :\n> theirs\n");
    row("Russian attribution",
        "02.04.2012 14:20 пользователь \"b@x.org\" <\nb@x.org> написал:\n\n> theirs\n");
  }
  void originals_are_cut_off() {
    QFETCH(QString, below);
    const OwnWords words = split_own_words("Thanks, that works.\n\nAna\n\n" + below.toStdString());
    QCOMPARE(words.own, std::string("Thanks, that works.\n\nAna"));
    QCOMPARE(words.signature, std::string());
  }

  void own_sentences_survive_data() {
    QTest::addColumn<QString>("text");
    const auto row = [](const char* text) { QTest::newRow(text) << QString(text); };
    row("On Monday the 3rd we met Bob.\nHe said that he wrote:\nnothing at all.\nSee you.");
    row("On Monday I will be away.\n\nSee you on 12/03/2001 at 10:30 AM\nAna");
    row("From: what I hear, it is fine.\nTo: be honest, I doubt it.");
    row("Here is my list:\n- one\n- two\n--- three");
    row("I wrote:\nplease call 713-853-7673 today.");
    row("Date: Friday\nPlace: the usual\nSubject: budgets\nSee you there");
    row("Please call me.\n\nAna Díaz\n713-853-7673");
  }
  void own_sentences_survive() {
    QFETCH(QString, text);
    QCOMPARE(split_own_words(text.toStdString()).own, text.toStdString());
  }

  void answers_between_quotes_are_kept() {
    QCOMPARE(split_own_words("Bob Smith <b@x.org> wrote:\n> one?\nYes.\n> two?\nNo.\n").own,
             std::string("Yes.\nNo."));
  }

  void signatures_are_cut_and_the_name_kept() {
    const OwnWords dashes = split_own_words("Fine.\n\nAna\n-- \nAna Díaz\nwww.example.org\n");
    QCOMPARE(dashes.own, std::string("Fine.\n\nAna"));
    QCOMPARE(dashes.signature, std::string("-- \nAna Díaz\nwww.example.org"));
    const OwnWords block =
        split_own_words("Fine.\n\nAna Díaz\nAttorney\n713-853-7673\nana@example.org\n");
    QCOMPARE(block.own, std::string("Fine.\n\nAna Díaz"));
    const OwnWords mobile = split_own_words("Fine.\n\nSent from my iPhone\n");
    QCOMPARE(mobile.own, std::string("Fine."));
    const OwnWords legal = split_own_words(
        "Fine.\nAna\n\nThis e-mail is confidential and intended only for the use of the named "
        "recipient. If\n"
        "you have received it in error, any disclosure, copying or distribution is prohibited.\n");
    QCOMPARE(legal.own, std::string("Fine.\nAna"));
    QVERIFY(legal.signature.starts_with("This e-mail"));
  }

  void nothing_is_left_of_a_bare_forward() {
    QCOMPARE(
        split_own_words("---------------------- Forwarded by Ana on 1/2/2001 ----\n\ntheirs").own,
        std::string());
    QCOMPARE(split_own_words("").own, std::string());
    QCOMPARE(split_own_words("\n \n\t\n").own, std::string());
  }
};

QTEST_APPLESS_MAIN(OwnWordsTest)
#include "own_words_test.moc"

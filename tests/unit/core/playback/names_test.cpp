#include <QTest>

#include "core/playback/names.h"

using namespace sancho::core;

class NamesTest : public QObject {
  Q_OBJECT

 private slots:
  void a_reader_is_called_by_the_name_one_would_use_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("called");
    const auto row = [](const char* name, const char* address, const char* called) {
      QTest::addRow("%s <%s>", name, address) << QString(name) << QString(address) << called;
    };
    row("Sally Beck", "", "Sally");
    row("Beck, Sally", "", "Sally");
    row("SALLY BECK", "", "Sally");
    row("bob", "", "Bob");
    row("", "kate.symes@example.org", "Kate");
    row("", "webmaster@example.org", "");
    row("Mr. Tanaka", "", "Mr. Tanaka");
    row("Professor Lindqvist", "", "Professor Lindqvist");
    row("Customer service", "", "Customer service");
    row("Help Desk", "help@example.org", "Help Desk");
  }
  void a_reader_is_called_by_the_name_one_would_use() {
    QFETCH(const QString, name);
    QFETCH(const QString, address);
    QFETCH(const QString, called);
    QCOMPARE(QString::fromStdString(first_name({name.toStdString(), address.toStdString()})),
             called);
  }
};

QTEST_GUILESS_MAIN(NamesTest)
#include "names_test.moc"

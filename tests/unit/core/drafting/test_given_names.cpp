#include <QTest>

#include "core/drafting/given_names.h"

using namespace sancho::core;

class TestGivenNames : public QObject {
  Q_OBJECT

 private slots:
  void an_instruction_names_its_reader_data() {
    QTest::addColumn<QString>("instruction");
    QTest::addColumn<QString>("reader");
    const auto row = [](const char* instruction, const char* reader) {
      QTest::newRow(instruction) << QString(instruction) << QString(reader);
    };
    row("ask Tomáš for 500 sheets", "Tomáš");
    row("tell bob the invoice is paid", "Bob");
    row("Write to Zuzana that it is done", "Zuzana");
    row("remind Dr. Weiss of the forms", "Dr. Weiss");
    row("let Ann's team know", "Ann");
    row("ask for the lease", "");
    row("tell them I am late", "");
    row("say yes to Thursday", "");
    row("lunch with Bob on Friday", "");
    row("tell 500 people", "");
    row("ask Bob", "");
    row("", "");
  }
  void an_instruction_names_its_reader() {
    QFETCH(const QString, instruction);
    QFETCH(const QString, reader);
    QCOMPARE(QString::fromStdString(reader_named_in(instruction.toStdString())), reader);
  }
};

QTEST_GUILESS_MAIN(TestGivenNames)
#include "test_given_names.moc"

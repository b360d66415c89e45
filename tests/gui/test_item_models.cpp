#include <QAbstractItemModelTester>
#include <QTest>

#include "app/desktop/draft_history_model.h"
#include "app/desktop/message_list_model.h"
#include "app/desktop/text.h"
#include "app/desktop/version_list_model.h"
#include "fixture.h"

using namespace sancho;
using namespace sancho::desktop;

class TestItemModels : public QObject {
  Q_OBJECT

 private slots:
  void mail_list_fetches_rows_as_it_is_scrolled() {
    test::Profile profile;
    profile.fill(300, 210);
    const auto assistant = profile.open();
    MessageListModel model(&assistant->archive());
    model.show_all(false);
    QVERIFY(model.rowCount() < 510);
    while (model.canFetchMore({})) model.fetchMore({});
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(model.rowCount(), 510);
    QCOMPARE(model.key_at(model.index(509)), assistant->archive().all_keys().front());
  }

  void mail_list_is_newest_first_and_names_the_other_side() {
    test::Profile profile;
    profile.fill(2, 1);
    const auto assistant = profile.open();
    MessageListModel model(&assistant->archive());
    model.show_all(false);
    QCOMPARE(model.rowCount(), 3);
    QVERIFY(model.data(model.index(0), Qt::DisplayRole).toString().contains("2"));
    QCOMPARE(model.data(model.index(0), kNameRole).toString(), "ada@example.com");
    QCOMPARE(model.data(model.index(0), kOwnRole).toBool(), false);
    QCOMPARE(model.data(model.index(1), kNameRole).toString(), "To ben@example.org");
    QCOMPARE(model.data(model.index(1), kOwnRole).toBool(), true);
    QVERIFY(!model.data(model.index(1), kSnippetRole).toString().contains('\n'));
    QVERIFY(!model.data(model.index(0), kScoreRole).isValid());
  }

  void mail_list_keeps_only_own_mail_when_asked() {
    test::Profile profile;
    profile.fill(4, 9);
    const auto assistant = profile.open();
    MessageListModel model(&assistant->archive());
    model.show_all(true);
    QCOMPARE(model.rowCount(), 4);
    for (int row = 0; row < 4; ++row) QVERIFY(model.data(model.index(row), kOwnRole).toBool());
  }

  void hits_are_scored_against_the_best() {
    test::Profile profile;
    profile.fill(3, 0);
    const auto assistant = profile.open();
    const auto keys = assistant->archive().own_keys();
    std::vector<core::SearchHit> hits(2);
    hits[0].key = keys[2];
    hits[0].score = 0.5;
    hits[1].key = keys[0];
    hits[1].score = 0.25;
    MessageListModel model(&assistant->archive());
    model.show_hits(hits);
    QCOMPARE(model.rowCount(), 2);
    QVERIFY(!model.canFetchMore({}));
    QCOMPARE(model.key_at(model.index(0)), keys[2]);
    QCOMPARE(model.data(model.index(0), kScoreRole).toDouble(), 1.0);
    QCOMPARE(model.data(model.index(1), kScoreRole).toDouble(), 0.5);
  }

  void saved_drafts_are_listed_newest_first() {
    test::Profile profile;
    const auto assistant = profile.open();
    for (int i = 1; i <= 3; ++i) {
      core::DraftRecord draft;
      draft.created = 1000 * i;
      draft.subject = "Draft " + std::to_string(i);
      assistant->archive().save_draft(draft);
    }
    DraftHistoryModel model(&assistant->archive());
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.refresh();
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.data(model.index(0), Qt::DisplayRole).toString(), "Draft 3");
    QCOMPARE(model.draft_at(model.index(2)).subject, "Draft 1");
  }

  void built_in_model_is_in_use_until_a_version_is() {
    VersionListModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.show({});
    QCOMPARE(model.rowCount(), 1);
    QVERIFY(model.active_at(model.index(0)));
    core::PersonalVersion old, recent;
    old.name = "v0001";
    old.created = 1;
    recent.name = "v0002";
    recent.created = 2;
    recent.active = true;
    model.show({old, recent});
    QVERIFY(!model.active_at(model.index(0)));
    QCOMPARE(model.name_at(model.index(0)), "");
    QCOMPARE(model.name_at(model.index(1)), "v0002");
    QVERIFY(model.active_at(model.index(1)));
  }

  void remaining_time_is_worded_for_people() {
    QCOMPARE(remaining_time(-1), "");
    QCOMPARE(remaining_time(3), "a few seconds");
    QVERIFY(remaining_time(44).contains("40"));
    QVERIFY(remaining_time(60 * 7 + 5).contains("7"));
    QVERIFY(remaining_time(3600 * 5).contains("5"));
    QVERIFY(!remaining_time(1e300).isEmpty());
  }

  void paragraphs_broken_by_the_sender_flow_again() {
    const QString a(60, 'a'), b(20, 'b');
    QCOMPARE(reflowed(a + '\n' + b), a + ' ' + b);
    QCOMPARE(reflowed(b + '\n' + b), b + '\n' + b);
    QCOMPARE(reflowed(a + "\n- " + b), a + "\n- " + b);
    QCOMPARE(reflowed(a + "\n\n" + b), a + "\n\n" + b);
    QCOMPARE(reflowed("> " + a + '\n' + b), "> " + a + '\n' + b);
  }

  void long_text_is_cut_to_one_line() {
    QCOMPARE(one_line("a\n b\tc", 20), "a b c");
    QCOMPARE(one_line(QString(50, 'x'), 10).size(), 10);
  }
};

QTEST_MAIN(TestItemModels)
#include "test_item_models.moc"

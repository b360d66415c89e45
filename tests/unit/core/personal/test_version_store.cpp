#include <QTemporaryDir>
#include <QTest>
#include <fstream>

#include "core/personal/file_lock.h"
#include "core/personal/resources_check.h"
#include "core/personal/training_job.h"
#include "core/personal/version_store.h"

using namespace sancho;
using namespace sancho::core;
namespace fs = std::filesystem;

namespace {

VersionReport report_named(const std::string& name) {
  VersionReport report;
  report.name = name;
  report.created = 1'700'000'000;
  report.method = "sparse";
  report.optimizer = "microadam";
  report.base = "abc";
  report.pairs = 7;
  report.heldout_ppl_before = 30;
  report.heldout_ppl_after = 20;
  return report;
}

void publish(VersionStore& store, const std::string& name) {
  store.publish(report_named(name), [](const fs::path& folder) {
    std::ofstream(folder / version_model_file) << "weights";
  });
}

}  // namespace

class TestVersionStore : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    folder_ = std::make_unique<QTemporaryDir>();
    path_ = fs::path(folder_->path().toStdString()) / "personal";
  }

  void an_empty_store_has_no_version() {
    const VersionStore store(path_);
    QVERIFY(store.list().empty());
    QVERIFY(store.active().empty());
    QCOMPARE(store.next_name(), std::string("v0001"));
  }

  void published_versions_are_listed_with_their_report() {
    VersionStore store(path_);
    publish(store, "v0001");
    publish(store, "v0002");
    QCOMPARE(store.list().size(), std::size_t{2});
    const auto first = store.list().front();
    QCOMPARE(first.name, std::string("v0001"));
    QCOMPARE(first.method, std::string("sparse"));
    QCOMPARE(first.pairs, std::size_t{7});
    QCOMPARE(first.heldout_ppl_after, 20.0);
    QCOMPARE(store.next_name(), std::string("v0003"));
  }

  void switching_and_rolling_back_is_remembered() {
    VersionStore store(path_);
    publish(store, "v0001");
    publish(store, "v0002");
    store.activate("v0002");
    QCOMPARE(VersionStore(path_).active(), std::string("v0002"));
    store.activate("v0001");
    QCOMPARE(VersionStore(path_).active(), std::string("v0001"));
    store.activate("");
    QVERIFY(VersionStore(path_).active().empty());
  }

  void a_version_is_removed_unless_it_is_in_use() {
    VersionStore store(path_);
    publish(store, "v0001");
    publish(store, "v0002");
    store.activate("v0002");
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, store.remove("v0002"));
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, store.remove("v0009"));
    store.remove("v0001");
    QCOMPARE(store.list().size(), std::size_t{1});
    QVERIFY(!fs::exists(path_ / "v0001"));
    QVERIFY(fs::exists(path_ / "v0002"));
  }

  void unknown_versions_are_refused() {
    VersionStore store(path_);
    publish(store, "v0001");
    store.activate("v0001");
    for (const char* name : {"v0002", "../v0001", "v0001/..", "x"})
      QVERIFY_THROWS_EXCEPTION(std::runtime_error, store.activate(name));
    QCOMPARE(store.active(), std::string("v0001"));
  }

  void a_failed_publication_leaves_nothing() {
    VersionStore store(path_);
    QVERIFY_THROWS_EXCEPTION(std::runtime_error,
                             store.publish(report_named("v0001"), [](const fs::path& folder) {
                               std::ofstream(folder / version_model_file) << "half";
                               throw std::runtime_error("The disk is full.");
                             }));
    QVERIFY(!store.contains("v0001"));
    QVERIFY(store.list().empty());
    publish(store, "v0001");
    QVERIFY(store.contains("v0001"));
  }

  void a_deleted_or_damaged_version_is_not_active() {
    VersionStore store(path_);
    publish(store, "v0001");
    publish(store, "v0002");
    store.activate("v0002");
    fs::remove_all(path_ / "v0002");
    QVERIFY(store.active().empty());
    std::ofstream(path_ / "v0001" / "report.json") << "{";
    QVERIFY(store.list().empty());
  }

  void a_lock_is_held_once() {
    fs::create_directories(path_);
    {
      const FileLock lock(path_ / "lock", "busy");
      try {
        const FileLock second(path_ / "lock", "busy");
        QFAIL("locked twice");
      } catch (const std::runtime_error& error) {
        QCOMPARE(error.what(), "busy");
      }
    }
    const FileLock again(path_ / "lock", "busy");
  }

  void methods_are_named_or_refused() {
    TrainRequest request;
    QCOMPARE(train_options(request).method, engine::TrainMethod::sparse);
    request.method = "lora";
    QCOMPARE(train_options(request).method, engine::TrainMethod::lora);
    request.method = "rosa";
    QCOMPARE(train_options(request).method, engine::TrainMethod::rosa);
    request.method = "full";
    request.optimizer = "adamw";
    QCOMPARE(train_options(request).optimizer, engine::OptimizerKind::adamw);
    for (const char* method : {"Rosa", "", "dense"}) {
      request.method = method;
      QVERIFY_THROWS_EXCEPTION(std::invalid_argument, train_options(request));
    }
    request.method = "full";
    request.optimizer = "sgd";
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument, train_options(request));
    request.optimizer = "adamw";
    request.epochs = -1;
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument, train_options(request));
  }

  void too_little_room_is_said_in_numbers() {
    try {
      check_room_for({~0ull / 2, 0}, folder_->path().toStdString());
      QFAIL("no such computer");
    } catch (const std::runtime_error& error) {
      QVERIFY(QString(error.what()).contains("GB"));
    }
    QVERIFY_THROWS_EXCEPTION(std::runtime_error,
                             check_room_for({0, ~0ull / 2}, folder_->path().toStdString()));
    check_room_for({1, 1}, folder_->path().toStdString());
    QCOMPARE(size_words(1'540'000'000), std::string("1.5 GB"));
    QCOMPARE(size_words(320'000'000), std::string("320 MB"));
  }

 private:
  std::unique_ptr<QTemporaryDir> folder_;
  fs::path path_;
};

QTEST_GUILESS_MAIN(TestVersionStore)
#include "test_version_store.moc"

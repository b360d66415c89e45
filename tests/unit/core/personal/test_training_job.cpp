#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <QScopeGuard>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <thread>

#include "../assistant/tiny_profile.h"
#include "core/archive/archive.h"
#include "core/assistant.h"
#include "core/personal/training_job.h"
#include "core/playback/playback_job.h"
#include "engine/train/trainer.h"

using namespace sancho;
using namespace sancho::core;
namespace fs = std::filesystem;

namespace {

/// A folder as /sys/class/power_supply: one folder with small files for each supply.
class Supplies {
 public:
  explicit Supplies(fs::path folder) : folder_(std::move(folder)) {}
  void set(const std::string& name, const std::map<std::string, std::string>& files) const {
    fs::create_directories(folder_ / name);
    for (const auto& [file, text] : files) std::ofstream(folder_ / name / file) << text << "\n";
  }
  bool on_battery() const { return PowerSupply(folder_).on_battery(); }

 private:
  fs::path folder_;
};

std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::exception& error) {
    return error.what();
  }
  return {};
}

bool is_one_sentence(const std::string& text) {
  return !text.empty() && text.ends_with('.') && text.find('\n') == std::string::npos;
}

/// No file may grow beyond so many bytes while this exists.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace

/// One training job over a mailbox of a few dozen mails and a model of random weights.
class TestTrainingJob : public QObject {
  Q_OBJECT

  TrainingPlace place() {
    TrainingPlace p;
    p.folder = personal_;
    p.base = base_;
    p.make_pairs = [this] { return make_pairs(*archive_, {}, {}, {}).pairs; };
    p.index = [this]() -> MailIndex& {
      index_ = std::make_unique<MailIndex>(
          *archive_, base_, std::make_shared<engine::ThreadPool>(1), root_ / "index.safetensors");
      index_->update(true);
      return *index_;
    };
    p.power = PowerSupply(root_ / "power");
    return p;
  }

  static TrainRequest request(const std::string& method = "sparse", double epochs = 4) {
    TrainRequest r;
    r.method = method;
    r.epochs = epochs;
    r.threads = 1;
    return r;
  }

  using OnProgress = std::function<void(const TrainStatus&)>;
  TrainResult train(const TrainRequest& r, const OnProgress& on_progress = {},
                    std::stop_token stop = {}) {
    return run_training(place(), r, on_progress, std::move(stop));
  }

  fs::path checkpoint() const { return personal_ / "training" / "training.safetensors"; }

  /// A run that was stopped after two steps, with a checkpoint, which a pause writes.
  void stop_a_run() {
    std::stop_source stop;
    const std::jthread stopper([&](std::stop_token end) {
      while (!fs::exists(checkpoint()) && !end.stop_requested())
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      stop.request_stop();
    });
    const auto stopped = train(
        request(),
        [&](const TrainStatus& s) {
          if (s.phase == "training" && s.step == 2) request_pause(personal_, true);
        },
        stop.get_token());
    QVERIFY(!stopped.finished);
    QVERIFY(training_waits(personal_));
  }

  TrainRequest resumed() const {
    TrainRequest r;
    r.resume = true;
    return r;
  }

 private slots:
  void initTestCase() {
    const fs::path shared = shared_.path().toStdString();
    write_tiny_model(shared);
    write_tiny_mailbox(shared / "mail.mbox", 60);
    qputenv("SANCHO_RESOURCES", shared_.path().toUtf8());
    Assistant(shared / "profile").import({shared / "mail.mbox"}, {"kit@example.org"});
    archive_ = std::make_unique<Archive>(shared / "profile" / "archive.sqlite");
    base_ = engine::Model::load(shared / "models" / "built-in.safetensors");
  }

  void init() {
    folder_ = std::make_unique<QTemporaryDir>();
    root_ = folder_->path().toStdString();
    personal_ = root_ / "personal";
  }

  void only_an_own_battery_without_a_charger_counts() {
    const Supplies supplies(root_ / "power");
    QVERIFY(!supplies.on_battery());
    supplies.set("AC", {{"type", "Mains"}, {"online", "1"}});
    supplies.set("BAT0", {{"type", "Battery"}, {"status", "Charging"}});
    QVERIFY(!supplies.on_battery());
    supplies.set("AC", {{"online", "0"}});
    supplies.set("BAT0", {{"status", "Discharging"}});
    QVERIFY(supplies.on_battery());
    supplies.set("ucsi", {{"type", "USB"}, {"online", "1"}});
    QVERIFY(!supplies.on_battery());
    supplies.set("ucsi", {{"online", "0"}});
    supplies.set("BAT0", {{"status", "Full"}});
    supplies.set("mouse", {{"type", "Battery"}, {"scope", "Device"}, {"status", "Discharging"}});
    QVERIFY(!supplies.on_battery());
  }

  void a_requested_pause_is_said_and_ends_when_asked() {
    std::vector<std::string> said;
    const auto began = std::chrono::steady_clock::now();
    const auto result = train(request(), [&](const TrainStatus& s) {
      if (s.phase != "training") return;
      if (s.step == 2 && said.size() == 1) request_pause(personal_, true);
      if (s.paused == "request") {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        request_pause(personal_, false);
      }
      if (said.empty() || said.back() != s.paused) said.push_back(s.paused);
    });
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began;
    QVERIFY(result.finished);
    QCOMPARE(said, (std::vector<std::string>{"", "request", ""}));
    QVERIFY(result.seconds < wall.count() - 0.3);
  }

  void a_run_on_battery_waits_for_mains_power() {
    const Supplies supplies(root_ / "power");
    supplies.set("BAT0", {{"type", "Battery"}, {"status", "Discharging"}});
    std::vector<std::string> said;
    const auto watch = [&](const TrainStatus& s) {
      if (s.phase != "training") return;
      if (said.empty() || said.back() != s.paused) said.push_back(s.paused);
      if (s.paused == "battery") supplies.set("BAT0", {{"status", "Charging"}});
    };
    QVERIFY(train(request(), watch).finished);
    QCOMPARE(said, (std::vector<std::string>{"battery", ""}));

    supplies.set("BAT0", {{"status", "Discharging"}});
    said.clear();
    auto regardless = request();
    regardless.on_battery = true;
    QVERIFY(train(regardless, watch).finished);
    QCOMPARE(said, (std::vector<std::string>{""}));
  }

  void a_paused_run_stops_and_an_old_request_does_not_hold_the_next() {
    std::stop_source stop;
    const auto stopped = train(
        request(),
        [&](const TrainStatus& s) {
          if (s.phase == "training" && s.step == 2) request_pause(personal_, true);
          if (!s.paused.empty()) stop.request_stop();
        },
        stop.get_token());
    QVERIFY(!stopped.finished);
    QCOMPARE(stopped.steps, std::size_t{2});
    QVERIFY(pause_is_requested(personal_));
    QVERIFY(train(resumed()).finished);
    QVERIFY(!pause_is_requested(personal_));
  }

  void a_version_keeps_its_whole_report() {
    const auto result = train(request());
    const auto report = VersionStore(personal_).list().front();
    QCOMPARE(report.method, std::string("sparse"));
    QCOMPARE(report.optimizer, std::string("microadam"));
    QCOMPARE(report.steps, result.steps);
    QCOMPARE(report.heldout_ppl_after, result.heldout_ppl_after);
    QCOMPARE(report.peak_memory, result.peak_memory);
    QVERIFY(report.peak_memory > 1'000'000);
    QVERIFY(report.trainable_parameters > 0);
    QVERIFY(report.tokens_per_second > 0);
    QCOMPARE(report.curve.size(), result.steps);
    QCOMPARE(report.curve.back().step, result.steps);
    QVERIFY(report.curve.back().heldout.has_value());
    for (std::size_t i = 0; i < report.curve.size(); ++i)
      QCOMPARE(report.curve[i].loss, result.curve[i].loss);
  }

  void adapters_use_adamw_unless_told() {
    train(request("rosa", 1));
    const auto report = VersionStore(personal_).list().front();
    QCOMPARE(report.method, std::string("rosa"));
    QCOMPARE(report.optimizer, std::string("adamw"));
  }

  void an_adapter_shares_its_base_and_refuses_another() {
    train(request("lora", 1));
    const VersionStore versions(personal_);
    const auto personal = versions.load("v0001", base_);
    QCOMPARE(&personal->embed_tokens(), &base_->embed_tokens());
    QVERIFY(fs::file_size(personal_ / "v0001" / version_adapter_file) > 0);
    QVERIFY(!fs::exists(personal_ / "v0001" / version_model_file));

    const auto alike = engine::make_initial_model(base_->config(), base_->tokenizer(), 99);
    const auto why = error_of([&] { versions.load("v0001", alike); });
    QVERIFY2(is_one_sentence(why), why.c_str());
    QVERIFY(why.find("another base model") != std::string::npos);
    QCOMPARE(versions.active(), std::string("v0001"));
  }

  void a_damaged_checkpoint_is_said_and_the_last_version_stays() {
    train(request("sparse", 1));
    stop_a_run();
    QVERIFY(fs::exists(checkpoint()));
    {
      std::fstream file(checkpoint(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(-64, std::ios::end);
      file.write("rubbish", 7);
    }
    const auto why = error_of([&] { train(resumed()); });
    QVERIFY2(is_one_sentence(why), why.c_str());
    QVERIFY(why.find("checkpoint") != std::string::npos);
    const VersionStore versions(personal_);
    QCOMPARE(versions.active(), std::string("v0001"));
    QVERIFY(versions.load("v0001", base_));
    QVERIFY(train(request("sparse", 1)).finished);
    QCOMPARE(versions.active(), std::string("v0002"));
  }

  void a_disk_that_takes_no_more_is_said_and_the_run_resumes_with_room() {
    train(request("sparse", 1));
    std::string why;
    {
      std::unique_ptr<FileSizeLimit> limit;
      why = error_of([&] {
        train(request(), [&](const TrainStatus& s) {
          if (s.phase == "training" && s.step == 3) limit = std::make_unique<FileSizeLimit>(512);
        });
      });
    }
    QVERIFY2(is_one_sentence(why), why.c_str());
    QVERIFY(why.find("Cannot write") != std::string::npos);
    const VersionStore versions(personal_);
    QCOMPARE(versions.active(), std::string("v0001"));
    QVERIFY(versions.load("v0001", base_));
    QVERIFY(training_waits(personal_));
    QVERIFY(train(resumed()).finished);
    QCOMPARE(versions.active(), std::string("v0002"));
  }

  void a_full_file_system_is_said_and_the_last_version_stays() {
    if (geteuid() != 0) QSKIP("only root may mount a small file system");
    fs::create_directories(personal_);
    if (::mount("tmpfs", personal_.c_str(), "tmpfs", 0, "size=8m") != 0)
      QSKIP("mounting a small file system is not permitted here");
    const auto unmount = qScopeGuard([this] { ::umount2(personal_.c_str(), MNT_DETACH); });
    QVERIFY(train(request("sparse", 1)).finished);
    const fs::path filler = personal_ / "filler";
    const auto why = error_of([&] {
      train(request(), [&](const TrainStatus& s) {
        if (s.phase != "training" || s.step != 3) return;
        std::ofstream file(filler, std::ios::binary);
        const std::string block(4096, 'x');
        while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush())
          ;
      });
    });
    QVERIFY2(is_one_sentence(why), why.c_str());
    const VersionStore versions(personal_);
    QCOMPARE(versions.active(), std::string("v0001"));
    QVERIFY(versions.load("v0001", base_));
    fs::remove(filler);
    QVERIFY(train(resumed()).finished);
    QCOMPARE(versions.active(), std::string("v0002"));
  }

 private:
  QTemporaryDir shared_;
  std::unique_ptr<QTemporaryDir> folder_;
  fs::path root_, personal_;
  std::unique_ptr<Archive> archive_;
  std::shared_ptr<const engine::Model> base_;
  std::unique_ptr<MailIndex> index_;
};

QTEST_GUILESS_MAIN(TestTrainingJob)
#include "test_training_job.moc"

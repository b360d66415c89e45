#pragma once

#include <QObject>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "core/assistant.h"

namespace sancho::desktop {

/// A thread with an Assistant of its own, for calls that the window must not wait for. One job at a
/// time.
class Worker : public QObject {
  Q_OBJECT
 public:
  /// Runs a function on the window's thread, unless the job has been replaced meanwhile.
  using Post = std::function<void(std::function<void()>)>;
  template <class Result>
  using Work = std::function<Result(core::Assistant&, std::stop_token, const Post&)>;
  using Failed = std::function<void(const QString& sentence)>;

  /// What a new job does to those before it: it asks the running one to stop and drops whatever
  /// that would still have said, or it waits until all are done.
  enum class Order { newest, every };

  explicit Worker(std::filesystem::path profile, Order order = Order::newest,
                  QObject* parent = nullptr);
  /// Asks the job to stop and waits for it.
  ~Worker() override;

  /// `work` runs on the worker's thread, then `done` or `failed` on the window's.
  template <class Result>
  void run(Work<Result> work, std::function<void(Result)> done, Failed failed) {
    start(
        [work = std::move(work), done = std::move(done)](core::Assistant& assistant,
                                                         const std::stop_token& stop,
                                                         const Post& finish, const Post& post) {
          auto result = std::make_shared<Result>(work(assistant, stop, post));
          finish([done, result] { done(std::move(*result)); });
        },
        std::move(failed));
  }

  /// Asks the running job to stop; it still reports what it has.
  void stop();
  bool busy() const { return busy_; }

 signals:
  void busy_changed(bool busy);

 private:
  using Task = std::function<void(core::Assistant&, const std::stop_token&, const Post& finish,
                                  const Post& post)>;
  struct Job {
    Task task;
    Failed failed;
    std::stop_source stop;
    std::uint64_t ticket = 0;
  };

  void start(Task task, Failed failed);
  void loop(const std::stop_token& quit);
  void perform(const Job& job, std::unique_ptr<core::Assistant>& assistant);
  void set_busy(bool busy);

  const std::filesystem::path profile_;
  const Order order_;
  // Used on the window's thread only:
  std::uint64_t ticket_ = 0;
  bool busy_ = false;
  std::stop_source stop_;
  // Shared:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<Job> waiting_;
  std::jthread thread_;
};

}  // namespace sancho::desktop

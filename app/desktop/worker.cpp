#include "app/desktop/worker.h"

#include <exception>

namespace sancho::desktop {

Worker::Worker(std::filesystem::path profile, Order order, QObject* parent)
    : QObject(parent), profile_(std::move(profile)), order_(order) {
  thread_ = std::jthread([this](const std::stop_token& quit) { loop(quit); });
}

Worker::~Worker() {
  stop_.request_stop();
  thread_.request_stop();
  thread_.join();
}

void Worker::stop() {
  stop_.request_stop();
}

void Worker::start(Task task, Failed failed) {
  if (order_ == Order::newest) {
    stop_.request_stop();
    stop_ = std::stop_source();
  }
  {
    const std::lock_guard lock(mutex_);
    if (order_ == Order::newest) waiting_.clear();
    waiting_.push_back({std::move(task), std::move(failed), stop_, ++ticket_});
  }
  wake_.notify_one();
  set_busy(true);
}

void Worker::loop(const std::stop_token& quit) {
  std::unique_ptr<core::Assistant> assistant;
  while (true) {
    std::unique_lock lock(mutex_);
    if (!wake_.wait(lock, quit, [this] { return !waiting_.empty(); })) return;
    const Job job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    perform(job, assistant);
  }
}

void Worker::perform(const Job& job, std::unique_ptr<core::Assistant>& assistant) {
  const auto deliver = [this, ticket = job.ticket](std::function<void()> function, bool last) {
    QMetaObject::invokeMethod(
        this,
        [this, ticket, last, function = std::move(function)] {
          const bool newest = ticket == ticket_;
          if (!newest && order_ == Order::newest) return;
          if (last && newest) set_busy(false);
          function();
        },
        Qt::QueuedConnection);
  };
  try {
    if (!assistant) assistant = std::make_unique<core::Assistant>(profile_);
    job.task(
        *assistant, job.stop.get_token(),
        [&](std::function<void()> function) { deliver(std::move(function), true); },
        [&](std::function<void()> function) { deliver(std::move(function), false); });
  } catch (const std::exception& error) {
    deliver([failed = job.failed, sentence = QString::fromUtf8(error.what())] { failed(sentence); },
            true);
  }
}

void Worker::set_busy(bool busy) {
  if (busy == busy_) return;
  busy_ = busy;
  emit busy_changed(busy);
}

}  // namespace sancho::desktop

#include "engine/train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <utility>

#include "engine/train/fingerprint.h"
#include "engine/train/make_optimizer.h"
#include "engine/train/plan.h"
#include "engine/train/rosa_places.h"
#include "engine/train/rows.h"
#include "engine/train/schedules.h"
#include "engine/train/train_state.h"
#include "engine/train/trainable.h"
#include "engine/train/work_clock.h"
#include "engine/train/workers.h"

namespace sancho::engine {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Scales the gradient down to the norm `limit`; returns the norm before. Sums run over fixed
/// pieces, so threads do not change them.
double clip(std::span<float> gradient, double limit, ThreadPool& pool) {
  constexpr std::size_t kPiece = 65536;
  std::vector<double> sums((gradient.size() + kPiece - 1) / kPiece);
  const auto piece = [&](std::size_t i) {
    return gradient.subspan(i * kPiece, std::min(kPiece, gradient.size() - i * kPiece));
  };
  pool.parallel_for(sums.size(), 1, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t i = begin; i < end; ++i)
      sums[i] = static_cast<double>(rows::dot(piece(i).data(), piece(i).data(), piece(i).size()));
  });
  double sum = 0;
  for (const double s : sums) sum += s;
  const double norm = std::sqrt(sum);
  if (limit > 0 && norm > limit)
    pool.parallel_for(sums.size(), 1, [&](std::size_t begin, std::size_t end, unsigned) {
      for (std::size_t i = begin; i < end; ++i)
        rows::scale(static_cast<float>(limit / norm), piece(i).data(), piece(i).size());
    });
  return norm;
}

std::vector<std::size_t> sample_lengths(std::span<const TrainSample> samples,
                                        const TrainOptions& options) {
  std::vector<std::size_t> lengths;
  for (const TrainSample& s : samples)
    lengths.push_back(std::min(s.tokens.size(), options.max_sample_tokens));
  return lengths;
}

double mean_loss(std::span<const TrainProgress> curve) {
  double sum = 0;
  for (const TrainProgress& p : curve) sum += p.loss;
  return curve.empty() ? 0 : sum / static_cast<double>(curve.size());
}

}  // namespace

/// What lies before and after a run that is part of a larger one.
struct Stage {
  std::size_t steps_before = 0, steps_after = 0, tokens_before = 0;
  double seconds_before = 0;
};

/// One training from its start to its end, or to a stop.
class TrainRun {
 public:
  /// An empty `state_path` keeps no checkpoint.
  TrainRun(const TrainOptions& options, ThreadPool& pool, TrainableWeights& weights,
           std::span<const TrainSample> train, std::span<const TrainSample> heldout,
           const std::filesystem::path& state_path, const Stage& stage,
           const std::function<void(const TrainProgress&)>& on_progress,
           const std::function<bool()>& should_wait, std::stop_token stop)
      : options_(options),
        pool_(pool),
        weights_(weights),
        train_(train),
        heldout_(heldout),
        on_progress_(on_progress),
        should_wait_(should_wait),
        stop_(std::move(stop)),
        stage_(stage),
        state_path_(state_path),
        fingerprint_(fingerprint(options, weights, train, heldout)),
        workers_(weights, options, weights.config().max_position_embeddings, pool),
        optimizer_(make_optimizer(options, weights.tensor_sizes())),
        plan_(sample_lengths(train, options), options),
        keep_best_(options.keep_best && !heldout.empty()),
        best_(keep_best_ ? weights.trained().size() : 0),
        writer_(state_path_, fingerprint_) {}

  TrainReport run(bool resume) {
    const bool resumed = resume && !state_path_.empty() &&
                         read_train_state(state_path_, fingerprint_, numbers_, curve_, arrays());
    if (resumed)
      weights_.sparse_layers().adopt();
    else
      workers_.choose(weights_.sparse_layers());
    last_checkpoint_ = Clock::now();
    clock_ = WorkClock(numbers_.seconds);
    last_evaluation_ = seconds();
    bool finished = resumed || heldout_.empty() || measure_start();
    while (finished && !done()) finished = step();
    if (finished) finished = measure_end();
    if (numbers_.steps > 0) last_checkpoint(finished);
    return report(finished);
  }

  /// Where the gradients of the next `count` batches are largest; empty when stopped.
  std::optional<std::vector<CsrPattern>> places(std::size_t count, double density) {
    constexpr std::size_t kSumMemory = std::size_t{256} << 20;
    std::vector<std::vector<std::uint32_t>> batches;
    for (std::size_t i = 0; i < count; ++i) batches.push_back(plan_.batch(steps() + i));
    return workers_.places_of_largest_gradients(train_, batches, density, kSumMemory, stop_);
  }

 private:
  std::size_t steps() const { return static_cast<std::size_t>(numbers_.steps); }
  double seconds() const { return clock_.seconds(); }
  double share_of(std::size_t steps) const {
    return static_cast<double>(steps) /
           static_cast<double>(std::max<std::size_t>(plan_.total_steps(), 1));
  }
  /// Share of the run that lies behind, 0…1: of its steps or of its time, whichever is more.
  double share() const {
    const double by_steps = share_of(steps());
    return options_.max_seconds > 0 ? std::max(by_steps, seconds() / options_.max_seconds)
                                    : by_steps;
  }
  bool done() const { return numbers_.turned_back != 0 ? steps() >= last_step() : share() >= 1; }
  /// Steps of this run, as far as they are bounded.
  std::size_t last_step() const {
    const auto turned_back = static_cast<std::size_t>(numbers_.turned_back);
    const std::size_t all = turned_back + static_cast<std::size_t>(numbers_.best_steps);
    return turned_back != 0 ? std::min(plan_.total_steps(), all) : plan_.total_steps();
  }
  /// The learning rate of the next step.
  double rate() const {
    if (numbers_.turned_back == 0) return learning_rate(options_, steps(), share());
    const auto best = static_cast<std::size_t>(numbers_.best_steps);
    const auto turned_back = static_cast<std::size_t>(numbers_.turned_back);
    const double there = learning_rate(options_, best, share_of(best));
    return there * linear_decay(static_cast<double>(steps() - turned_back) /
                                    static_cast<double>(last_step() - turned_back),
                                0);
  }

  std::vector<StateArray> arrays() {
    std::vector<StateArray> all{
        {"weights", DType::f32, std::as_writable_bytes(weights_.trained())}};
    if (keep_best_) all.push_back({"best", DType::f32, writable_bytes(best_)});
    for (StateArray array : optimizer_->state()) {
      array.name = "optimizer." + array.name;
      all.push_back(std::move(array));
    }
    for (StateArray& array : weights_.sparse_layers().state()) all.push_back(std::move(array));
    return all;
  }

  /// Written while the next step is worked out; `writer_.wait()` comes before anything changes.
  void checkpoint() {
    last_checkpoint_ = Clock::now();
    numbers_.seconds = seconds();
    writer_.start(numbers_, curve_, arrays());
  }

  /// Where a stop leaves no time to write, the last checkpoint stands and the steps since are taken
  /// again.
  void last_checkpoint(bool finished) {
    constexpr std::chrono::milliseconds kStopTime{60};
    if (finished) {
      checkpoint();
      writer_.wait();
      return;
    }
    writer_.wait_for(kStopTime);
    checkpoint();
    writer_.wait_for(kStopTime);
  }

  /// Held-out loss of the weights as they are; keeps them where they are the best so far. Empty
  /// when stopped.
  std::optional<double> evaluate() {
    const auto loss = workers_.loss(heldout_, stop_);
    writer_.wait();
    last_evaluation_ = seconds();
    if (!loss) return std::nullopt;
    ++numbers_.measured_since;
    if (numbers_.best_known == 0 || loss->mean() < numbers_.heldout_best) {
      numbers_.heldout_best = loss->mean();
      numbers_.best_known = 1;
      if (numbers_.turned_back == 0) numbers_.best_steps = numbers_.steps;
      numbers_.measured_since = 0;
      if (keep_best_) std::ranges::copy(weights_.trained(), best_.begin());
    }
    numbers_.heldout_last = loss->mean();
    return loss->mean();
  }

  bool turns_back() const {
    return options_.patience > 0 && keep_best_ && options_.max_seconds <= 0 &&
           numbers_.turned_back == 0 &&
           numbers_.measured_since >= static_cast<std::int64_t>(options_.patience);
  }

  bool measure_start() {
    const auto loss = evaluate();
    if (loss) numbers_.heldout_before = *loss;
    return loss.has_value();
  }

  bool measure_end() {
    if (heldout_.empty()) return true;
    if (!curve_.empty() && !curve_.back().heldout_loss) {
      const auto loss = evaluate();
      if (!loss) return false;
      curve_.back().heldout_loss = loss;
      if (on_progress_) on_progress_(curve_.back());
    }
    return true;
  }

  /// By the clock in a run bounded by time; otherwise at fixed steps, so that a resumed run
  /// measures where an uninterrupted one does.
  bool evaluation_is_due() const {
    if (heldout_.empty()) return false;
    if (options_.max_seconds > 0)
      return seconds() - last_evaluation_ >= options_.eval_every_seconds;
    const std::size_t every = std::max<std::size_t>(plan_.total_steps() / 8, 1);
    return steps() % every == 0;
  }

  void wait_where_asked() {
    constexpr std::chrono::milliseconds kLook{50};
    if (!should_wait_ || !should_wait_()) return;
    if (steps() > 0) checkpoint();
    while (!stop_.stop_requested() && should_wait_()) std::this_thread::sleep_for(kLook);
    clock_.skip();
  }

  /// False when stopped; the step in progress is then dropped.
  bool step() {
    wait_where_asked();
    if (stop_.stop_requested()) return false;
    const auto began = Clock::now();
    const auto batch = plan_.batch(steps());
    const auto loss = workers_.loss_and_gradient(train_, batch, stop_);
    if (!loss) return false;
    weights_.restrict_to_pattern(workers_.gradient().data(), pool_);
    const double norm = clip(workers_.gradient(), options_.gradient_clip, pool_);
    if (!std::isfinite(*loss) || !std::isfinite(norm))
      throw std::runtime_error("Training diverged at step " + std::to_string(steps() + 1) +
                               ": the loss is no longer a finite number; use a lower learning "
                               "rate.");
    const double rate = this->rate();
    writer_.wait();
    weights_.step(*optimizer_, workers_.gradient().data(), rate, pool_);

    std::size_t tokens = 0;
    for (const std::uint32_t i : batch)
      tokens += std::min(train_[i].tokens.size(), options_.max_sample_tokens);
    ++numbers_.steps;
    numbers_.tokens += static_cast<std::int64_t>(tokens);
    record(*loss, rate, static_cast<double>(tokens) / seconds_since(began));
    if (seconds_since(last_checkpoint_) >= options_.checkpoint_every_seconds) checkpoint();
    return !stop_.stop_requested();
  }

  void record(double loss, double rate, double tokens_per_second) {
    TrainProgress p;
    p.step = stage_.steps_before + steps();
    p.epoch = plan_.epoch_at(steps());
    p.loss = loss;
    p.learning_rate = rate;
    p.tokens_per_second = tokens_per_second;
    if (evaluation_is_due()) p.heldout_loss = evaluate();
    if (turns_back()) {
      std::ranges::copy(best_, weights_.trained().begin());
      numbers_.turned_back = numbers_.steps;
    }
    clock_.lap();
    p.seconds = stage_.seconds_before + seconds();
    const std::size_t own_steps = options_.max_seconds > 0
                                      ? static_cast<std::size_t>(std::llround(
                                            static_cast<double>(steps()) / std::min(share(), 1.0)))
                                      : last_step();
    p.total_steps = stage_.steps_before + own_steps + stage_.steps_after;
    p.seconds_left = p.seconds *
                     static_cast<double>(p.total_steps - std::min(p.step, p.total_steps)) /
                     static_cast<double>(p.step);
    curve_.push_back(p);
    if (on_progress_) on_progress_(p);
  }

  TrainReport report(bool finished) {
    if (finished && keep_best_ && numbers_.best_known != 0)
      std::ranges::copy(best_, weights_.trained().begin());
    TrainReport r;
    r.finished = finished;
    r.steps = stage_.steps_before + steps();
    r.tokens = stage_.tokens_before + static_cast<std::size_t>(numbers_.tokens);
    const std::size_t ends = std::min<std::size_t>(10, curve_.size());
    r.loss_first = mean_loss(std::span(curve_).first(ends));
    r.loss_last = mean_loss(std::span(curve_).last(ends));
    r.heldout_loss_before = numbers_.heldout_before;
    r.heldout_loss_after = keep_best_ ? numbers_.heldout_best : numbers_.heldout_last;
    r.trainable_parameters = weights_.parameters();
    r.optimizer_bytes_per_parameter =
        static_cast<double>(optimizer_->bytes()) /
        static_cast<double>(std::max<std::size_t>(r.trainable_parameters, 1));
    r.seconds = stage_.seconds_before + seconds();
    r.tokens_per_second = r.seconds > 0 ? static_cast<double>(r.tokens) / r.seconds : 0;
    r.curve = std::move(curve_);
    return r;
  }

  const TrainOptions& options_;
  ThreadPool& pool_;
  TrainableWeights& weights_;
  std::span<const TrainSample> train_, heldout_;
  const std::function<void(const TrainProgress&)>& on_progress_;
  const std::function<bool()>& should_wait_;
  std::stop_token stop_;
  Stage stage_;
  std::filesystem::path state_path_;
  std::string fingerprint_;
  Workers workers_;
  std::unique_ptr<Optimizer> optimizer_;
  BatchPlan plan_;
  bool keep_best_;
  AlignedBuffer<float> best_;
  CheckpointWriter writer_;  // last, as it reads the others

  RunNumbers numbers_;
  std::vector<TrainProgress> curve_;
  WorkClock clock_;
  double last_evaluation_ = 0;  // on clock_
  Clock::time_point last_checkpoint_;
};

struct Trainer::Impl {
  TrainOptions options;
  ThreadPool pool;
  TrainableWeights weights;

  Impl(const Model& model, const TrainOptions& o)
      : options(o), pool(o.threads), weights(model, o) {}

  /// What one call of Trainer::run was given.
  struct Call {
    std::span<const TrainSample> train, heldout;
    std::filesystem::path folder;  // may be empty
    bool resume = false;
    const std::function<void(const TrainProgress&)>& on_progress;
    const std::function<bool()>& should_wait;
    std::stop_token stop;

    std::filesystem::path file(const char* name) const {
      return folder.empty() ? folder : folder / name;
    }
  };

  TrainReport run(const Call& call, const Stage& stage = {}) {
    const auto path = call.folder.empty() ? call.folder : train_state_path(call.folder);
    return TrainRun(options, pool, weights, call.train, call.heldout, path, stage, call.on_progress,
                    call.should_wait, call.stop)
        .run(call.resume);
  }

  /// A short training of the low-rank adapters alone, and the places that it leads to. Not
  /// `finished` where it was stopped on the way.
  std::pair<TrainReport, RosaPlaces> choose_places(const Call& call) {
    const std::size_t total = BatchPlan(sample_lengths(call.train, options), options).total_steps();
    TrainOptions alone = options;
    alone.max_steps = std::min(options.mask_steps, total / 4);
    alone.max_seconds = 0;
    alone.min_learning_rate_ratio = 1;
    alone.keep_best = false;
    TrainRun run(alone, pool, weights, call.train, {}, call.file("low-rank.safetensors"),
                 {0, total, 0, 0}, call.on_progress, call.should_wait, call.stop);
    TrainReport report;
    report.finished = true;
    if (alone.max_steps > 0) report = run.run(call.resume);
    if (!report.finished) return {report, {}};
    const auto began = Clock::now();
    auto patterns = run.places(options.mask_gradients, options.delta_density);
    report.finished = patterns.has_value();
    if (!patterns) return {report, {}};
    return {report,
            {*std::move(patterns), static_cast<std::int64_t>(report.steps),
             static_cast<std::int64_t>(report.tokens), report.seconds + seconds_since(began)}};
  }

  TrainReport run_rosa(const Call& call) {
    weights.start_adapters({});
    const AdapterLayout layout = *weights.adapter_layout();
    const std::string name = fingerprint(options, weights, call.train, call.heldout);
    const auto file = call.file("places.safetensors");
    std::optional<RosaPlaces> places;
    if (call.resume && !file.empty()) places = read_places(file, name, layout);
    if (!places) {
      auto [report, chosen] = choose_places(call);
      if (!report.finished) return report;
      if (!file.empty()) write_places(file, name, layout, chosen);
      places = std::move(chosen);
    }
    weights.start_adapters(std::move(places->patterns));
    return run(call, {static_cast<std::size_t>(places->steps), 0,
                      static_cast<std::size_t>(places->tokens), places->seconds});
  }
};

Trainer::Trainer(const Model& model, TrainOptions options)
    : impl_(std::make_unique<Impl>(model, options)) {}
Trainer::~Trainer() = default;

TrainReport Trainer::run(std::span<const TrainSample> train, std::span<const TrainSample> heldout,
                         const std::filesystem::path& checkpoint_dir, bool resume,
                         const std::function<void(const TrainProgress&)>& on_progress,
                         std::stop_token stop, const std::function<bool()>& should_wait) {
  if (train.empty()) throw std::runtime_error("There is nothing to train on: no samples.");
  if (!checkpoint_dir.empty()) std::filesystem::create_directories(checkpoint_dir);
  const Impl::Call call{train,       heldout,     checkpoint_dir, resume,
                        on_progress, should_wait, std::move(stop)};
  return impl_->options.method == TrainMethod::rosa ? impl_->run_rosa(call) : impl_->run(call);
}

void Trainer::save(const std::filesystem::path& path, Storage storage,
                   const std::map<std::string, std::string>& metadata) const {
  impl_->weights.save(path, storage, metadata);
}

}  // namespace sancho::engine

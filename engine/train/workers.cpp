#include "engine/train/workers.h"

#include <algorithm>
#include <numeric>

#include "engine/train/contrastive.h"
#include "engine/train/plan.h"
#include "engine/train/product_threads.h"
#include "engine/train/rosa_places.h"
#include "engine/train/rows.h"

namespace sancho::engine {
namespace {

/// Above this many bytes of gradients, fewer workers share the threads.
constexpr std::size_t kGradientMemory = std::size_t{4} << 30;

/// Above this many bytes of activations, they are made again going backward.
constexpr std::size_t kActivationMemory = std::size_t{2} << 30;

/// Tokens that go through the network at once: enough for the products to run at full speed, few
/// enough that one product takes a small part of the 200 ms in which training must stop.
std::size_t pack_size(const ParameterLayout& layout, const TrainOptions& options) {
  const std::size_t per_block = layout.size / std::max<std::size_t>(layout.blocks.size(), 1);
  const std::size_t quick = 1'250'000'000 / std::max<std::size_t>(per_block, 1);
  return std::max(std::clamp<std::size_t>(quick, 256, 1024), options.max_sample_tokens);
}

}  // namespace

struct Workers::Worker {
  Network<float> network;
  std::unique_ptr<Network<float>> teacher;
  AlignedBuffer<float> gradient;
  PackedBatch pack;
  AlignedBuffer<float> vectors;  // [samples of the pack, hidden], and then their gradients
  double loss = 0;
  bool stopped = false;
};

Workers::Workers(const TrainableWeights& weights, const TrainOptions& options,
                 std::size_t max_length, ThreadPool& pool)
    : weights_(weights),
      temperature_(static_cast<float>(options.contrastive_temperature)),
      pair_batch_tokens_(options.batch_tokens),
      pool_(pool),
      max_sample_tokens_(std::min(options.max_sample_tokens, max_length)),
      pack_tokens_(pack_size(weights.layout(), options)) {
  if (options.teacher) {
    if (options.teacher->config() != weights.config())
      throw std::invalid_argument("The teacher is of another shape than the model it teaches.");
    teacher_ = options.teacher;
    teacher_base_.emplace(*teacher_, weights.layout());
    features_ = static_cast<float>(options.feature_weight);
    divergence_ = static_cast<float>(options.divergence_weight);
  }
  const std::size_t bytes = weights.trained().size_bytes();
  const std::size_t count =
      std::clamp<std::size_t>(kGradientMemory / std::max<std::size_t>(bytes, 1), 1, pool.threads());
  threads_each_ = static_cast<int>(pool.threads() / count);
  if (temperature_ > 0) pack_tokens_ = options.batch_tokens / count + 2 * max_sample_tokens_;
  precision_ = options.bf16_matmul && has_fast_bf16() ? GemmPrecision::bf16 : GemmPrecision::f32;
  const bool recompute =
      count * Network<float>::activation_bytes(weights.config(), pack_tokens_, false) >
      kActivationMemory;
  for (std::size_t i = 0; i < count; ++i)
    workers_.push_back(std::unique_ptr<Worker>(new Worker{
        Network<float>(weights.config(), weights.layout(), weights.adapter_layout(), pack_tokens_,
                       max_sample_tokens_, precision_, recompute),
        teacher_
            ? std::make_unique<Network<float>>(weights.config(), weights.layout(), nullptr,
                                               pack_tokens_, max_sample_tokens_, precision_, true)
            : nullptr,
        AlignedBuffer<float>(weights.trained().size()),
        {},
        {},
        0,
        false}));
}
Workers::~Workers() = default;

Distillation<float> Workers::distillation(const Worker& worker) const {
  if (!worker.teacher) return {};
  NetworkWeights<float> weights;
  weights.frozen = &*teacher_base_;
  return {worker.teacher.get(), weights, features_, divergence_};
}

std::span<const TokenId> Workers::cut(const TrainSample& sample) const {
  return std::span(sample.tokens).first(std::min(sample.tokens.size(), max_sample_tokens_));
}

std::size_t Workers::counted(const TrainSample& sample) const {
  const std::size_t end = cut(sample).size(), begin = std::max<std::size_t>(sample.loss_from, 1);
  return end > begin ? end - begin : 0;
}

std::vector<std::vector<std::uint32_t>> Workers::deal_out(
    std::span<const TrainSample> samples, std::span<const std::uint32_t> batch) const {
  std::vector<std::size_t> lengths(samples.size());
  for (const std::uint32_t i : batch) lengths[i] = cut(samples[i]).size();
  return deal(batch, lengths, workers_.size());
}

/// Each worker packs its samples and calls `visit(worker)` on every full pack; false when stopped.
template <class Visit>
bool Workers::for_each_pack(std::span<const TrainSample> samples,
                            std::span<const std::uint32_t> batch, Visit visit) {
  const auto hands = deal_out(samples, batch);
  pool_.parallel_for(workers_.size(), 1, [&](std::size_t begin, std::size_t end, unsigned) {
    const ProductThreads product_threads(threads_each_);
    for (std::size_t w = begin; w < end; ++w) {
      Worker& worker = *workers_[w];
      worker.loss = 0;
      worker.stopped = false;
      worker.pack.clear();
      const auto flush = [&] {
        if (!worker.pack.targets.empty() && !worker.stopped) visit(worker);
        worker.pack.clear();
      };
      for (const std::uint32_t i : hands[w]) {
        const auto tokens = cut(samples[i]);
        if (worker.pack.inputs.size() + tokens.size() > pack_tokens_ + 1) flush();
        worker.pack.add(tokens, samples[i].loss_from);
      }
      flush();
    }
  });
  return std::ranges::none_of(workers_, [](const auto& worker) { return worker->stopped; });
}

std::optional<double> Workers::loss_and_gradient(std::span<const TrainSample> samples,
                                                 std::span<const std::uint32_t> batch,
                                                 std::stop_token stop) {
  if (temperature_ > 0) return pair_loss(samples, batch, true, stop);
  std::size_t tokens = 0;
  for (const std::uint32_t i : batch) tokens += counted(samples[i]);
  const double scale = tokens > 0 ? 1 / static_cast<double>(tokens) : 0;
  for (const auto& worker : workers_) std::ranges::fill(worker->gradient, 0.0f);
  const bool whole = for_each_pack(samples, batch, [&](Worker& worker) {
    const auto loss = worker.network.loss_and_gradient(
        weights_.view(), weights_.gradients(worker.gradient.data()), worker.pack,
        static_cast<float>(scale), stop, distillation(worker));
    worker.stopped = !loss;
    worker.loss += loss.value_or(0);
  });
  if (!whole) return std::nullopt;
  add_up();
  double sum = 0;
  for (const auto& worker : workers_) sum += worker->loss;
  return sum * scale;
}

std::optional<LossResult> Workers::loss(std::span<const TrainSample> samples,
                                        std::stop_token stop) {
  if (temperature_ > 0) return pair_losses(samples, stop);
  std::vector<std::uint32_t> every(samples.size());
  std::iota(every.begin(), every.end(), 0u);
  const bool whole = for_each_pack(samples, every, [&](Worker& worker) {
    const auto loss = worker.network.loss(weights_.view(), worker.pack, stop);
    worker.stopped = !loss;
    worker.loss += loss.value_or(0);
  });
  if (!whole) return std::nullopt;
  LossResult result;
  for (const auto& worker : workers_) result.nll_sum += worker->loss;
  for (const TrainSample& sample : samples) result.tokens += counted(sample);
  return result;
}

/// Every worker embeds its pairs; the loss needs all of them; then each goes backward.
std::optional<double> Workers::pair_loss(std::span<const TrainSample> samples,
                                         std::span<const std::uint32_t> batch, bool backward,
                                         std::stop_token stop) {
  constexpr std::size_t first_counted = 2;  // BOS is left out of the mean
  const std::size_t hidden = weights_.config().hidden_size, pairs = batch.size();
  const auto hands = deal_out(samples, batch);
  const auto each_worker = [&](const auto& work) {
    pool_.parallel_for(workers_.size(), 1, [&](std::size_t begin, std::size_t end, unsigned) {
      const ProductThreads product_threads(threads_each_);
      for (std::size_t w = begin; w < end; ++w) work(*workers_[w], hands[w]);
    });
    return std::ranges::none_of(workers_, [](const auto& worker) { return worker->stopped; });
  };
  /// Copies each vector to its pair's row, or back.
  const auto exchange = [&](AlignedBuffer<float>& left, AlignedBuffer<float>& right, bool back) {
    float* rows[] = {left.data(), right.data()};
    for (std::size_t w = 0; w < workers_.size(); ++w)
      for (std::size_t i = 0; i < 2 * hands[w].size(); ++i) {
        float* mine = workers_[w]->vectors.data() + i * hidden;
        float*& row = rows[i % 2];
        std::copy_n(back ? row : mine, hidden, back ? mine : row);
        row += hidden;
      }
  };

  if (!each_worker([&](Worker& worker, const std::vector<std::uint32_t>& hand) {
        worker.pack.clear();
        for (const std::uint32_t i : hand) {
          const std::span tokens(samples[i].tokens);
          worker.pack.add(tokens.first(samples[i].loss_from), first_counted);
          worker.pack.add(tokens.subspan(samples[i].loss_from), first_counted);
        }
        worker.vectors = AlignedBuffer<float>(2 * hand.size() * hidden);
        worker.stopped =
            !worker.network.embed(weights_.view(), worker.pack, worker.vectors.data(), stop);
      }))
    return std::nullopt;
  AlignedBuffer<float> left(pairs * hidden), right(pairs * hidden);
  AlignedBuffer<float> dleft(backward ? left.size() : 0), dright(dleft.size());
  exchange(left, right, false);
  const double mean = 1 / static_cast<double>(std::max<std::size_t>(pairs, 1));
  const double loss = mean * info_nce(pairs, hidden, left.data(), right.data(), temperature_,
                                      static_cast<float>(mean), backward ? dleft.data() : nullptr,
                                      backward ? dright.data() : nullptr);
  if (!backward) return loss;
  exchange(dleft, dright, true);
  if (!each_worker([&](Worker& worker, const std::vector<std::uint32_t>&) {
        std::ranges::fill(worker.gradient, 0.0f);
        worker.stopped = !worker.network.embed_backward(weights_.view(),
                                                        weights_.gradients(worker.gradient.data()),
                                                        worker.pack, worker.vectors.data(), stop);
      }))
    return std::nullopt;
  add_up();
  return loss;
}

/// The samples in their order, as many at a time as meet each other in a step.
std::optional<LossResult> Workers::pair_losses(std::span<const TrainSample> samples,
                                               std::stop_token stop) {
  LossResult result;
  std::vector<std::uint32_t> batch;
  std::size_t tokens = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    batch.push_back(static_cast<std::uint32_t>(i));
    tokens += samples[i].tokens.size();
    const bool last = i + 1 == samples.size();
    if (!last && tokens + samples[i + 1].tokens.size() <= pair_batch_tokens_) continue;
    const auto loss = pair_loss(samples, batch, false, stop);
    if (!loss) return std::nullopt;
    result.nll_sum += *loss * static_cast<double>(batch.size());
    result.tokens += batch.size();
    batch.clear();
    tokens = 0;
  }
  return result;
}

void Workers::add_up() {
  pool_.parallel_for(gradient().size(), 4096, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t w = 1; w < workers_.size(); ++w)
      rows::axpy(1.0f, workers_[w]->gradient.data() + begin, workers_[0]->gradient.data() + begin,
                 end - begin);
  });
}

void Workers::choose(SparseLayers& layers) const {
  const ProductThreads product_threads(threads_each_);
  layers.choose([this](const SparseLayer& layer) {
    return measured_speed_up(layer, pack_tokens_, precision_);
  });
}

std::span<float> Workers::gradient() {
  return workers_[0]->gradient.span();
}

std::optional<std::vector<CsrPattern>> Workers::places_of_largest_gradients(
    std::span<const TrainSample> samples, std::span<const std::vector<std::uint32_t>> batches,
    double density, std::size_t sum_bytes, std::stop_token stop) {
  const AdapterLayout& layout = *weights_.adapter_layout();
  const auto size = [&](std::size_t part) {
    return layout.parts[part].in * layout.parts[part].out;
  };
  const ProductThreads product_threads(threads_each_);
  Worker& worker = *workers_.front();
  std::vector<CsrPattern> places(layout.parts.size());
  std::vector<AlignedBuffer<float>> sums(layout.parts.size());
  NetworkGradients<float> gradients;

  for (std::size_t first = 0, last = 0; first < places.size(); first = last) {
    for (std::size_t bytes = 0; last < places.size(); ++last) {
      bytes += size(last) * sizeof(float);
      if (batches.size() > 1 && last > first && bytes > sum_bytes) break;
    }
    for (std::size_t i = 0; i < batches.size(); ++i) {
      gradients.each = [&](std::size_t part, const float* gradient) {
        if (part < first || part >= last) return;
        AlignedBuffer<float>& sum = sums[part];
        if (i == 0) sum = AlignedBuffer<float>(size(part));
        for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += gradient[k] * gradient[k];
        if (i + 1 < batches.size()) return;
        places[part] = largest_places(sum.span(), layout.parts[part].in, density);
        sum = {};
      };
      worker.pack.clear();
      for (const std::uint32_t sample : batches[i]) {
        const auto tokens = cut(samples[sample]);
        if (worker.pack.inputs.size() + tokens.size() > pack_tokens_ + 1) break;
        worker.pack.add(tokens, samples[sample].loss_from);
      }
      const float scale =
          1.0f / static_cast<float>(std::max<std::size_t>(worker.pack.targets.size(), 1));
      if (!worker.network.loss_and_gradient(weights_.view(), gradients, worker.pack, scale, stop))
        return std::nullopt;
    }
  }
  return places;
}

}  // namespace sancho::engine

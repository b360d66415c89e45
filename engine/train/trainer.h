#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/model/model.h"
#include "engine/train/dataset.h"

namespace sancho::engine {

/// What is trained: every weight; every weight that is not zero, the pattern kept; over frozen
/// weights a low-rank adapter (LoRA, Hu et al. 2021), or one together with a sparse one (RoSA,
/// Nikdan et al. 2024).
enum class TrainMethod { full, sparse, lora, rosa };
constexpr bool trains_adapter(TrainMethod method) {
  return method == TrainMethod::lora || method == TrainMethod::rosa;
}
/// `mfac` and `ggt` are experimental: see efcp.h.
enum class OptimizerKind { adamw, microadam, mfac, ggt };

struct TrainOptions {
  TrainMethod method = TrainMethod::sparse;
  OptimizerKind optimizer = OptimizerKind::microadam;
  double epochs = 3;
  std::size_t max_steps = 0;  // 0 = from epochs
  /// 0 = no limit. With one, the schedule follows the clock, so that no two runs are alike and a
  /// resumed run is not repeated bit for bit.
  double max_seconds = 0;
  double learning_rate = 1e-4;  // the peak, after warm-up
  double min_learning_rate_ratio = 0.0;
  std::size_t warmup_steps = 20;
  enum class Schedule { linear, cosine } schedule = Schedule::linear;
  double weight_decay = 0.0;
  double beta2 = 0.999;             // of both optimizers; about 0.95 suits training from nothing
  bool train_embeddings = true;     // full and sparse: the embedding and the head too
  double gradient_clip = 1.0;       // global norm; 0 = off
  std::size_t batch_tokens = 4096;  // tokens per optimizer step, whole samples packed up to it
  std::size_t max_sample_tokens = 512;  // a longer sample is cut at its end
  std::size_t lora_rank = 8;
  double lora_alpha = 16;
  double delta_density = 0.006;       // rosa: weights of a layer that the sparse adapter changes
  double delta_learning_rate = 1e-4;  // rosa: the sparse adapter's peak
  /// rosa: steps with the low-rank adapter alone, after which the largest gradients choose the
  /// sparse adapter's places and both start anew.
  std::size_t mask_steps = 16;
  std::size_t mask_gradients = 1;  // rosa: gradients whose squares are added up for that
  double eval_every_seconds = 30;  // held-out loss at most this often, at step boundaries
  double checkpoint_every_seconds = 60;
  /// Of the same shape, to learn from beside the samples; see Distillation for what weighs how
  /// much. Held-out losses are of the samples alone.
  std::shared_ptr<const Model> teacher;
  double feature_weight = 1, divergence_weight = 0;
  bool keep_best = true;  // end with the weights of the best held-out loss
  /// With keep_best, and without max_seconds: after so many held-out losses in a row that are no
  /// better than the best, the run goes back to the best weights and takes as many steps again as
  /// led to them, the rate falling from what it was there to zero. 0 = never.
  std::size_t patience = 0;
  /// Not 0: a sample is two texts that belong together, the second beginning at its `loss_from`,
  /// each between BOS and EOS; the means of their residual streams learn to find each other
  /// among those of the step (InfoNCE over this temperature). Losses are then per pair.
  double contrastive_temperature = 0;
  /// Samples that follow each other in the data and stay together in the shuffle, so that pairs
  /// are told apart from others like them.
  std::size_t neighbours = 1;
  std::uint64_t seed = 1;
  /// Products of matrices on bf16-rounded inputs with f32 sums, where the processor has them in
  /// hardware (twice as fast); elsewhere f32.
  bool bf16_matmul = true;
  unsigned threads = 0;  // 0 = all processors
};

struct TrainProgress {
  std::size_t step = 0, total_steps = 0;
  double epoch = 0;
  double loss = 0;                     // mean over this step's counted tokens, nats
  std::optional<double> heldout_loss;  // when it was just measured
  double learning_rate = 0;
  double seconds = 0, seconds_left = 0;
  double tokens_per_second = 0;
};

struct TrainReport {
  bool finished = false;  // false: stopped; resume from the checkpoint
  std::size_t steps = 0, tokens = 0;
  double loss_first = 0, loss_last = 0;  // means over the first and last 10 steps
  double heldout_loss_before = 0, heldout_loss_after = 0;
  double optimizer_bytes_per_parameter = 0;  // measured
  double tokens_per_second = 0, seconds = 0;
  std::size_t trainable_parameters = 0;
  std::vector<TrainProgress> curve;
};

/// Trains `model`'s weights (or an adapter over them: the model must then live as long as the
/// trainer) on `samples`. What is trained is f32. Stops within 200 ms of a stop request, after
/// writing a checkpoint. Where `checkpoint_dir` holds a
/// checkpoint of the same run (same options, data and start) and `resume` is set, it goes on from
/// there and (without max_seconds) ends with the same weights, bit for bit, as an uninterrupted run
/// with as many threads.
class Trainer {
 public:
  Trainer(const Model& model, TrainOptions options);
  ~Trainer();

  /// `should_wait` is asked between steps: while it says true, training writes a checkpoint and
  /// waits. Such time does not count in any seconds that it reports.
  TrainReport run(std::span<const TrainSample> train, std::span<const TrainSample> heldout,
                  const std::filesystem::path& checkpoint_dir, bool resume,
                  const std::function<void(const TrainProgress&)>& on_progress,
                  std::stop_token stop, const std::function<bool()>& should_wait = {});

  /// After run: for full and sparse training a whole model in `format`'s storage (a sparse storage
  /// keeps the pattern), otherwise the adapter file alone.
  void save(const std::filesystem::path& path, Storage storage,
            const std::map<std::string, std::string>& metadata) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Freshly initialised weights (normal, std 0.02, residual outputs scaled by 1/√(2·layers)).
std::shared_ptr<const Model> make_initial_model(const ModelConfig& config,
                                                const Tokenizer& tokenizer, std::uint64_t seed);

/// Mean negative log-likelihood in nats per counted token, and how many were counted.
struct LossResult {
  double nll_sum = 0;
  std::size_t tokens = 0;
  double mean() const { return tokens ? nll_sum / static_cast<double>(tokens) : 0; }
};
LossResult evaluate_loss(std::shared_ptr<const Model> model, std::span<const TrainSample> samples,
                         unsigned threads, std::stop_token stop = {});

}  // namespace sancho::engine

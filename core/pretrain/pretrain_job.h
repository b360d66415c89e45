#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/model/config.h"

namespace sancho::core {

/// How the built-in model is made.
struct PretrainOptions {
  std::filesystem::path corpus;  // folder, see corpus.h; needed until the token files are written
  std::filesystem::path out;     // everything is kept here
  /// A model whose tokenizer and weights the run starts from; empty: from nothing.
  std::filesystem::path start;
  std::size_t layers = 0;       // grow `start` to so many (see grow_layers); 0: as many as it has
  double minutes = 60;          // of dense training
  std::size_t steps = 0;        // of dense training instead of minutes, where not 0
  bool bf16_products = true;    // f32 is exact and slower
  double recovery_minutes = 6;  // of sparse training after pruning, the pattern kept
  double learning_rate = 1.5e-3;
  std::size_t batch_tokens = 4096;
  std::size_t vocab_size = 4096;
  engine::ModelConfig shape =
      engine::model_config_of_shape("built-in");  // vocabulary from the tokenizer
  double sparsity = 0.5;
  std::size_t passes = 1;  // over the mails, each time worded anew
  // Shares of paragraphs of prose, plain mails, stored ones among these, and errands, see
  // pretrain_samples.h.
  double prose_share = 1, plain_share = 1, stored_share = 0.5, errand_share = 1.5;
  unsigned threads = 0;
  std::uint64_t seed = 1;
  bool resume = true;   // false: token files and checkpoints in `out` are made anew
  std::string command;  // as typed, for the report
};

struct PretrainStatus {
  std::string phase;  // "corpus", "tokenizer", "samples", "training", "pruning", "recovery"
  std::size_t done = 0, total = 0;  // records, samples, steps or layers
  double loss = 0;                  // nats per counted token
  std::optional<double> heldout_loss;
  double tokens_per_second = 0, seconds_left = 0;
};

using PretrainSink = std::function<void(const PretrainStatus&)>;

/// Corpus → `tokenizer.model`, `train.tok`, `heldout.tok`, `corpus.json` in `out`. What is there
/// and whole is kept.
void make_token_files(const PretrainOptions& options, const PretrainSink& on_progress,
                      std::stop_token stop);

/// The first training samples as text, control tokens spelt out and ⟦ where the loss begins; the
/// token files must have been made.
std::vector<std::string> readable_samples(const PretrainOptions& options, std::size_t count);

/// Token files → `initial.safetensors` → `dense.safetensors`, through checkpoints in `out`/dense.
/// False: stopped, the next call goes on. A finished model that had fewer minutes than are asked
/// for now is trained on from its last checkpoint.
bool train_dense_model(const PretrainOptions& options, const PretrainSink& on_progress,
                       std::stop_token stop);

/// `dense.safetensors` → `built-in.safetensors` (sparse int8) and `report.json`. False: stopped.
bool finish_model(const PretrainOptions& options, const PretrainSink& on_progress,
                  std::stop_token stop);

/// All three, each going on from where it stopped. False: stopped.
bool pretrain(const PretrainOptions& options, const PretrainSink& on_progress,
              std::stop_token stop);

}  // namespace sancho::core

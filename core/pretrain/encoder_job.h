#pragma once

#include "core/pretrain/pretrain_job.h"

namespace sancho::core {

/// How the encoder that finds mail is made.
struct EncoderOptions {
  std::filesystem::path corpus;  // folder, see corpus.h; needed until the pairs are written
  std::filesystem::path out;     // everything is kept here
  /// A decoder with tokenizer, whose first layers the encoder starts from.
  std::filesystem::path start;
  std::size_t layers = 0;  // none: the table of vectors alone
  double minutes = 3;
  std::size_t steps = 0;  // instead of minutes, where not 0
  double learning_rate = 1e-2;
  double temperature = 0.05;
  std::size_t batch_tokens = 26000;
  unsigned threads = 0;
  std::uint64_t seed = 1;
  bool resume = true;
  std::string command;  // as typed, for the report
};

/// Corpus → `pairs.tok`, `heldout-pairs.tok`, `pairs.json` → `encoder.safetensors` (sparse int8,
/// with the zeros of its start) and `encoder.json` in `out`. False: stopped, the next call goes on.
bool make_encoder(const EncoderOptions& options, const PretrainSink& on_progress,
                  std::stop_token stop);

}  // namespace sancho::core

#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>

#include "engine/model/model.h"

namespace sancho::core {

struct BenchOptions {
  std::size_t prefill_tokens = 512;
  std::size_t decode_tokens = 64;
  unsigned threads = 0;  // 0 = all processors
};

struct BenchResult {
  std::size_t prefill_tokens = 0, decode_tokens = 0;  // as fitted to the model's context
  double prefill_tokens_per_second = 0;               // median of three readings
  double decode_tokens_per_second = 0;  // from the median time of one token after the prefill
  std::uint64_t model_bytes = 0;
  std::uint64_t bytes_per_token = 0;  // weights that writing one token reads
  /// Processor cycles of all threads together, the whole token included; 0 where the processor's
  /// clock is unknown.
  double cycles_per_64_weights = 0;
  /// What the same threads reach when they only read the same weights where they lie.
  double plain_read_bytes_per_second = 0;
  unsigned threads = 0;
};

/// Reads and writes random tokens. Throws std::runtime_error when stopped.
BenchResult bench_model(std::shared_ptr<const engine::Model> model, const BenchOptions& options,
                        std::stop_token stop = {});

/// Weights that one token's forward pass reads, in bytes: every layer, the head, one embedding row.
std::uint64_t bytes_per_token(const engine::Model& model);

}  // namespace sancho::core

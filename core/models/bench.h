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
  unsigned threads = 0;
};

/// Reads and writes random tokens. Throws std::runtime_error when stopped.
BenchResult bench_model(std::shared_ptr<const engine::Model> model, const BenchOptions& options,
                        std::stop_token stop = {});

/// Bytes per second at which `threads` threads (0 = all processors) read plain memory of the size
/// of one token's weights, of at most 256 MiB: what decoding can reach. The best of several rounds.
double plain_read_speed(std::uint64_t bytes, unsigned threads);

/// Weights that one token's forward pass reads, in bytes: every layer, the head, one embedding row.
std::uint64_t bytes_per_token(const engine::Model& model);

}  // namespace sancho::core

#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "engine/text/tokenizer.h"

namespace sancho::engine {

/// One training sequence. `loss_from` is the first token whose prediction counts: 1 for plain text,
/// the first token of the mail for instruction → mail.
struct TrainSample {
  std::vector<TokenId> tokens;
  std::uint32_t loss_from = 1;
};

/// Writes samples as one binary file (little-endian, versioned), atomically.
void write_token_file(const std::filesystem::path& path, std::span<const TrainSample> samples,
                      std::size_t vocab_size);
/// Reads one back. Throws std::runtime_error on anything that is not a whole, valid token file.
std::vector<TrainSample> read_token_file(const std::filesystem::path& path);

}  // namespace sancho::engine

#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <numbers>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/model/model.h"

namespace sancho::core {

struct PerplexityResult {
  std::size_t tokens = 0;   // foretold: all of the text, no BOS or EOS
  std::uint64_t bytes = 0;  // of the text
  double nll = 0;           // sum over the tokens, in nats

  double perplexity() const { return tokens ? std::exp(nll / static_cast<double>(tokens)) : 0; }
  double bits_per_byte() const {
    return bytes ? nll / std::numbers::ln2 / static_cast<double>(bytes) : 0;
  }
};

/// The documents of a file: one per line of JSON lines (its `text`, `own`, `body`, `email`, `mail`
/// or `reply` field), else the whole text is one document. Empty documents are left out. Throws
/// std::runtime_error where the file cannot be read, holds no text, or a line is not such an
/// object.
std::vector<std::string> read_documents(const std::filesystem::path& file);

/// Foretells each document by itself, after BOS. A document longer than the model's context is read
/// in windows that overlap by half, each token counted once. A stop request ends it early.
PerplexityResult measure_perplexity(
    std::shared_ptr<const engine::Model> model, std::span<const std::string> documents,
    unsigned threads, const std::function<void(std::size_t, std::size_t)>& on_progress = {},
    std::stop_token stop = {});

}  // namespace sancho::core

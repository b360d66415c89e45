#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/models/compression_report.h"
#include "engine/compress/evopress.h"

namespace sancho::core {

/// What is to be compressed, how, and where it goes.
struct CompressionRequest {
  std::filesystem::path model, out;
  engine::CompressOptions options;  // options.folder: kept for a later call, removed at the end
  /// Text to calibrate on and to measure with: a tenth of it, evenly spread, is only measured.
  std::vector<std::string> texts;
  std::vector<engine::TrainSample> samples;  // the same, as tokens of this model
  std::size_t measured_tokens = 10000;       // of it, at most; 0: drafts are not compared either
  /// What both models draft to be compared; empty: agreement_instructions().
  std::vector<std::string> instructions;
  std::filesystem::path embedder;  // the model that compares their meaning; empty: `model`
  /// Searches a level for each layer (EvoPress) instead of the same for all.
  bool search = false;
  engine::EvolutionOptions evolution;  // budget: of the whole model in bytes; 0: as uniform
  double recovery_minutes = 0;         // of training what is left; 0: none
  std::string command;                 // as typed, for the report
};

struct CompressionStatus {
  std::string phase;  // "compressing", "searching", "recovering", "measuring"
  std::size_t done = 0, total = 0;
  std::string what;  // a layer, or the best so far
};
using CompressionSink = std::function<void(const CompressionStatus&)>;

/// Compresses a model into one file, written whole or not at all, with its report in the metadata
/// (compression_key). A model without a tokenizer is calibrated on random tokens. Throws
/// std::runtime_error with one sentence, std::invalid_argument where a method needs text and there is
/// none.
CompressionReport compress_model(const CompressionRequest& request,
                                 const CompressionSink& on_progress, std::stop_token stop);

}  // namespace sancho::core

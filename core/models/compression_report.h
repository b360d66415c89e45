#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/models/draft_agreement.h"
#include "engine/compress/layer_compressor.h"

namespace sancho::core {

/// What compression did to a model. A figure that was not measured is 0.
struct CompressionReport {
  bool finished = false;  // false: stopped; the same request goes on
  std::string command;    // as typed
  std::uint64_t bytes_before = 0, bytes_after = 0;
  double sparsity = 0;
  double ppl_before = 0, ppl_after = 0;  // of the measured text
  double divergence = 0;                 // mean KL(before ‖ after) per token of it, in nats
  DraftAgreement drafts;                 // with the drafts of the model before
  double decode_tokens_per_second = 0;   // on the machine that compressed it
  double seconds = 0;
  std::vector<engine::LayerReport> layers;
};

/// The metadata key of a compressed model's report, a JSON object.
inline constexpr const char* compression_key = "compression";

std::string compression_report_to_json(const CompressionReport& report);
/// Empty where `json` is no report.
std::optional<CompressionReport> compression_report_from_json(const std::string& json);

}  // namespace sancho::core

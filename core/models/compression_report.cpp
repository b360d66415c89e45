#include "core/models/compression_report.h"

#include <nlohmann/json.hpp>

namespace sancho::core {

using nlohmann::json;

std::string compression_report_to_json(const CompressionReport& report) {
  json layers = json::array();
  for (const engine::LayerReport& layer : report.layers)
    layers.push_back({{"name", layer.name},
                      {"format", layer.format},
                      {"sparsity", layer.sparsity},
                      {"error", layer.error},
                      {"plain_error", layer.plain_error},
                      {"bytes", layer.bytes}});
  return json{{"command", report.command},
              {"bytes_before", report.bytes_before},
              {"bytes_after", report.bytes_after},
              {"sparsity", report.sparsity},
              {"ppl_before", report.ppl_before},
              {"ppl_after", report.ppl_after},
              {"divergence", report.divergence},
              {"drafts",
               {{"n", report.drafts.drafts},
                {"rougeL", report.drafts.rouge_l},
                {"similarity", report.drafts.similarity}}},
              {"decode_tokens_per_second", report.decode_tokens_per_second},
              {"seconds", report.seconds},
              {"layers", std::move(layers)}}
      .dump();
}

std::optional<CompressionReport> compression_report_from_json(const std::string& text) try {
  const json from = json::parse(text);
  CompressionReport report;
  report.finished = true;
  report.command = from.value("command", "");
  report.bytes_before = from.at("bytes_before");
  report.bytes_after = from.at("bytes_after");
  report.sparsity = from.value("sparsity", 0.0);
  report.ppl_before = from.value("ppl_before", 0.0);
  report.ppl_after = from.value("ppl_after", 0.0);
  report.divergence = from.value("divergence", 0.0);
  const json drafts = from.value("drafts", json::object());
  report.drafts = {drafts.value("n", std::size_t{0}), drafts.value("rougeL", 0.0),
                   drafts.value("similarity", 0.0)};
  report.decode_tokens_per_second = from.value("decode_tokens_per_second", 0.0);
  report.seconds = from.value("seconds", 0.0);
  for (const json& layer : from.value("layers", json::array()))
    report.layers.push_back({layer.value("name", ""), layer.value("format", ""),
                             layer.value("sparsity", 0.0), layer.value("error", 0.0),
                             layer.value("plain_error", 0.0),
                             layer.value("bytes", std::size_t{0})});
  return report;
} catch (const json::exception&) {
  return std::nullopt;
}

}  // namespace sancho::core

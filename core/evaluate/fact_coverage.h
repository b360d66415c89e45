#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace sancho::core {

/// An instruction with what a draft of it has to say.
struct FactCase {
  std::string instruction, to, incoming;        // `incoming` may be empty
  std::vector<std::vector<std::string>> facts;  // of each, the ways in which it may be put
};

/// Reads JSON lines of `instruction`, `to`, `incoming`, `facts` (lists of strings). Throws
/// std::runtime_error naming file and line.
std::vector<FactCase> read_fact_cases(const std::filesystem::path& file);

/// What became of one case.
struct FactResult {
  FactCase asked;
  std::string body;
  std::vector<std::string> missing;   // the first way to put each fact that the draft lacks
  std::vector<std::string> invented;  // what it says and nobody told it
};

struct FactCoverage {
  std::vector<FactResult> results;
  std::size_t facts = 0, present = 0, drafts_with_inventions = 0;

  double coverage() const {
    return facts ? static_cast<double>(present) / static_cast<double>(facts) : 1;
  }
};

/// A draft's body and the facts in it that no source has.
struct CheckedDraft {
  std::string body;
  std::vector<std::string> invented;
};

/// Has every case drafted and looks for its facts in the body, whatever their case, spacing and
/// punctuation, as whole words. Stopped: what was done so far.
FactCoverage measure_fact_coverage(
    const std::vector<FactCase>& cases, const std::function<CheckedDraft(const FactCase&)>& draft,
    const std::function<void(std::size_t done, std::size_t total)>& on_progress = {},
    std::stop_token stop = {});

}  // namespace sancho::core

#include "core/evaluate/fact_coverage.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "core/drafting/grounding.h"

namespace sancho::core {

std::vector<FactCase> read_fact_cases(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("Cannot read the instructions in " + file.string() + ".");
  std::vector<FactCase> cases;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    try {
      const auto json = nlohmann::json::parse(line);
      FactCase one;
      one.instruction = json.at("instruction").get<std::string>();
      one.to = json.value("to", "");
      one.incoming = json.value("incoming", "");
      one.facts = json.at("facts").get<std::vector<std::vector<std::string>>>();
      if (std::ranges::any_of(one.facts, [](const auto& ways) { return ways.empty(); }))
        throw std::invalid_argument("a fact without words");
      cases.push_back(std::move(one));
    } catch (const std::exception& error) {
      throw std::runtime_error("Line " + std::to_string(number) + " of " + file.string() +
                               " is no instruction with facts: " + error.what() + ".");
    }
  }
  if (cases.empty())
    throw std::runtime_error("There are no instructions in " + file.string() + ".");
  return cases;
}

FactCoverage measure_fact_coverage(const std::vector<FactCase>& cases,
                                   const std::function<CheckedDraft(const FactCase&)>& draft,
                                   const std::function<void(std::size_t, std::size_t)>& on_progress,
                                   std::stop_token stop) {
  FactCoverage coverage;
  for (const FactCase& one : cases) {
    if (stop.stop_requested()) break;
    CheckedDraft written = draft(one);
    const std::string words = canonical_words(written.body);
    FactResult result{one, std::move(written.body), {}, std::move(written.invented)};
    for (const auto& ways : one.facts) {
      const bool said = std::ranges::any_of(ways, [&](const std::string& way) {
        return words.find(canonical_words(way)) != std::string::npos;
      });
      if (!said) result.missing.push_back(ways.front());
    }
    coverage.facts += one.facts.size();
    coverage.present += one.facts.size() - result.missing.size();
    coverage.drafts_with_inventions += result.invented.empty() ? 0 : 1;
    coverage.results.push_back(std::move(result));
    if (on_progress) on_progress(coverage.results.size(), cases.size());
  }
  return coverage;
}

}  // namespace sancho::core

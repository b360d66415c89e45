#pragma once

#include <string>
#include <vector>

#include "core/drafting/grounding.h"
#include "engine/model/generator.h"

namespace sancho::core {

/// What a candidate draft is judged by.
struct CandidateScore {
  double coverage = 1;        // share of what the instruction names that the draft says, 0 … 1
  std::size_t invented = 0;   // names, dates, numbers and links that no source has
  double log_likelihood = 0;  // mean per token, nats
  bool complete = true;       // it came to its end by itself

  /// What is said and nothing made up come before the model's own opinion.
  double total() const;
};

/// Compares candidates of one draft with what was asked for.
class CandidateJudge {
 public:
  /// `sources` as for ground_facts.
  CandidateJudge(const std::string& instruction, std::vector<FactSource> sources);

  CandidateScore score(const std::string& body, const engine::GenerateResult& written) const;

 private:
  struct Demand {
    std::string words;
    double weight;
  };
  std::vector<Demand> demands_;
  std::vector<FactSource> sources_;
};

}  // namespace sancho::core

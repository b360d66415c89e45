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
  std::size_t passed_on = 0;  // words meant for the writer that the reader would get
  std::size_t repeated = 0;   // pairs of words that stand there again
  double log_likelihood = 0;  // mean per token, nats
  double oddity = 0;          // how far its least likely token lies below an ordinary one, nats
  double read_back = 0;       // how well the instruction follows from the draft, nats per token
  bool complete = true;       // it came to its end by itself
  bool owners_words = false;  // it is the note as it stands

  /// What is said and nothing made up come before the model's own opinion.
  double total() const;
};

/// Compares candidates of one draft with what was asked for.
class CandidateJudge {
 public:
  /// `reader`: the name of who gets the mail, may be empty; `sources` as for ground_facts.
  CandidateJudge(const std::string& instruction, const std::string& reader,
                 std::vector<FactSource> sources);

  CandidateScore score(const std::string& body, const engine::GenerateResult& written) const;

 private:
  struct Demand {
    std::string words;
    double weight;
  };
  std::vector<Demand> demands_;
  std::vector<std::string> orders_;  // " ask her ", " tell bob "
  std::string reader_;               // first name, as canonical words
  std::vector<FactSource> sources_;
};

}  // namespace sancho::core

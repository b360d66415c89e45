#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/pretrain/corpus.h"

namespace sancho::core {

/// Clauses that people wrote, by the slot of an errand that they fit (errand_phrases.h): what is
/// asked for ("do"), promised ("my"), told ("fact", "you", "did", "says"), given as a reason
/// ("why") or asked about ("q", "done"). There are too many of them to be learnt by heart: a model
/// that meets them can only carry over what the note says.
class CorpusClauses {
 public:
  CorpusClauses() = default;
  /// Of all mails but those of held-out authors (see is_heldout).
  CorpusClauses(const Corpus& corpus, std::size_t heldout_percent);

  /// In the order met, without repetition; empty where no clause fits the slot.
  const std::vector<std::string>& of(std::string_view slot) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> slots_;
};

}  // namespace sancho::core

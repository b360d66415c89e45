#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sancho::core {

/// The words BLEU and ROUGE compare: lower case, ASCII punctuation deleted, split at white space.
std::vector<std::string> overlap_words(std::string_view text);

/// Mean of cumulative BLEU-1 … BLEU-4 (Papineni et al. 2002) of one candidate, unsmoothed, with
/// brevity penalty. A cumulative score without any match of its longest n-gram is 0.
double bleu(const std::vector<std::string>& candidate, const std::vector<std::string>& reference);

/// ROUGE-N F1 (Lin 2004): shared n-grams, counted as often as both have them.
double rouge_n(const std::vector<std::string>& candidate, const std::vector<std::string>& reference,
               std::size_t n);
/// ROUGE-L F1: the longest common subsequence.
double rouge_l(const std::vector<std::string>& candidate,
               const std::vector<std::string>& reference);

}  // namespace sancho::core

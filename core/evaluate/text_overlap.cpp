#include "core/evaluate/text_overlap.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>

namespace sancho::core {
namespace {

using Words = std::vector<std::string>;

std::map<Words, std::size_t> ngrams(const Words& words, std::size_t n) {
  std::map<Words, std::size_t> counts;
  for (std::size_t i = 0; i + n <= words.size(); ++i) {
    const auto begin = words.begin() + static_cast<std::ptrdiff_t>(i);
    ++counts[Words(begin, begin + static_cast<std::ptrdiff_t>(n))];
  }
  return counts;
}

std::size_t shared_ngrams(const Words& a, const Words& b, std::size_t n) {
  const auto in_b = ngrams(b, n);
  std::size_t shared = 0;
  for (const auto& [gram, count] : ngrams(a, n))
    if (const auto found = in_b.find(gram); found != in_b.end())
      shared += std::min(count, found->second);
  return shared;
}

double f1(std::size_t shared, std::size_t candidate, std::size_t reference) {
  return shared == 0
             ? 0.0
             : 2.0 * static_cast<double>(shared) / static_cast<double>(candidate + reference);
}

std::size_t ngram_count(const Words& words, std::size_t n) {
  return words.size() < n ? 0 : words.size() - n + 1;
}

}  // namespace

Words overlap_words(std::string_view text) {
  Words words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && std::isspace(byte))
      end_word();
    else if (byte >= 0x80 || !std::ispunct(byte))
      word += static_cast<char>(byte < 0x80 ? std::tolower(byte) : byte);
  }
  end_word();
  return words;
}

double bleu(const Words& candidate, const Words& reference) {
  constexpr std::size_t longest = 4;
  if (candidate.empty() || reference.empty()) return 0;
  const double ratio =
      static_cast<double>(reference.size()) / static_cast<double>(candidate.size());
  const double brevity = ratio > 1 ? std::exp(1 - ratio) : 1;
  double logs = 0, total = 0;
  for (std::size_t n = 1; n <= longest; ++n) {
    const std::size_t shared = shared_ngrams(candidate, reference, n);
    if (shared == 0) break;
    logs += std::log(static_cast<double>(shared) / static_cast<double>(ngram_count(candidate, n)));
    total += brevity * std::exp(logs / static_cast<double>(n));
  }
  return total / longest;
}

double rouge_n(const Words& candidate, const Words& reference, std::size_t n) {
  return f1(shared_ngrams(candidate, reference, n), ngram_count(candidate, n),
            ngram_count(reference, n));
}

double rouge_l(const Words& candidate, const Words& reference) {
  std::vector<std::size_t> above(reference.size() + 1), row(reference.size() + 1);
  for (const auto& word : candidate) {
    for (std::size_t j = 0; j < reference.size(); ++j)
      row[j + 1] = word == reference[j] ? above[j] + 1 : std::max(above[j + 1], row[j]);
    std::swap(above, row);
  }
  return f1(above.back(), candidate.size(), reference.size());
}

}  // namespace sancho::core

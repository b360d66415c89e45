#pragma once

#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/pretrain/corpus.h"

namespace sancho::core {

/// Puts other people, days, times, amounts, numbers, links and files in place of those of a mail,
/// the same everywhere in it. Who learns from such mail can be right only by taking its facts from
/// what it is told.
class EntitySwap {
 public:
  using Random = std::mt19937_64;
  /// Word → word; applied to whole words only, longest first.
  using Mapping = std::vector<std::pair<std::string, std::string>>;

  /// Takes its inventory of names from the corpus.
  explicit EntitySwap(const Corpus& corpus);

  /// Replacements for the facts of `text`: people always, other names now and then.
  Mapping draw(std::string_view text, Random& random) const;
  static std::string apply(const Mapping& mapping, std::string_view text);
  /// A mail with the facts of its text and of its incoming mail replaced.
  CorpusMail swapped(const CorpusMail& mail, Random& random) const;

  // Random members of the inventory, a part of them invented.
  std::string person(Random& random) const;
  std::string family(Random& random) const;
  std::string thing(Random& random) const;  // a company, a place, a product
  std::string file(Random& random) const;
  std::string link(Random& random) const;

 private:
  std::string other_name(const std::string& word, Random& random) const;

  std::vector<std::string> people_, families_, things_;  // sorted, without repetition
};

}  // namespace sancho::core

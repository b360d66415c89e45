#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/playback/instruction_writer.h"

namespace sancho::core {

/// A text that a draft may have its facts from.
struct FactSource {
  std::string name;  // "instruction", "incoming", "related:<Message-ID>", "me"
  std::string text;
};

struct GroundedFact {
  Fact fact;
  std::string source;  // name of the first source that has the fact, or "none"
};

/// Lower-cased words between single spaces, with one at either end: " call 5551234 on june 3 ".
/// Digits keep together across the separators people write in numbers ("5,000", "555-1234"), so
/// that texts which say the same have the same words.
std::string canonical_words(std::string_view text);

/// Every fact of `draft` once, in order of appearance, with where it comes from; names that only
/// open sentences stand at the end. A fact is found in a source whatever its case, spacing and
/// punctuation, but only as whole words. A closing of one word, as in "Onwards,", is no fact.
std::vector<GroundedFact> ground_facts(const std::string& draft,
                                       std::span<const FactSource> sources);

}  // namespace sancho::core

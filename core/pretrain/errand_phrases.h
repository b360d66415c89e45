#pragma once

#include <map>
#include <string_view>
#include <vector>

namespace sancho::core {

using Phrases = std::vector<std::string_view>;

/// What is noted and what is then written. {slots} stand for the same in both; <he>, <him>, <his>,
/// <is>, <has>, <was>, <does>, <s> are the reader, spoken of in the note and to in the mail, and
/// <to> the reader's name in a note.
struct Matter {
  Phrases subjects, notes, sentences;
  Phrases incoming = {};  // what is answered; may hold slots of its own
};

/// Everyday matters of mail.
const std::vector<Matter>& errand_matters();

/// Phrases of a slot, with slots in them. Those of "q" and "why" are pairs, the note's form and the
/// mail's, with '|' between.
const std::map<std::string_view, Phrases>& errand_slots();

}  // namespace sancho::core

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

/// Everyday matters of mail: one errand in a note, two joined in one, answers to a mail, answers in
/// a few words, a second helping of errands, and clauses of any content, said as they are noted.
const std::vector<Matter>& single_matters();
const std::vector<Matter>& compound_matters();
const std::vector<Matter>& answer_matters();
const std::vector<Matter>& terse_matters();
const std::vector<Matter>& everyday_matters();
const std::vector<Matter>& clause_matters();

/// Phrases of a slot, with slots in them. A phrase with '|' in it is a pair: the note's form and
/// the mail's.
using PhraseTable = std::map<std::string_view, Phrases>;

const PhraseTable& clause_slots();  // actions, news, questions
const PhraseTable& noun_slots();    // things, occasions, reasons

}  // namespace sancho::core

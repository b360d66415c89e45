#pragma once

#include <random>
#include <string>
#include <vector>

#include "core/pretrain/corpus_clauses.h"
#include "core/pretrain/entity_swap.h"

namespace sancho::core {

/// A short note of what to write, and the mail: everyday errands (a meeting, a request, a refusal,
/// an answer) put together from phrases and from clauses of the corpus, with random people, days,
/// numbers, files and links. They teach what an archive has few of: orders in a hurry, carried out
/// to the letter, and that who is "he" or "her" in the note is "you" in the mail.
struct Errand {
  std::string from_name, to_name, instruction, incoming, mail, subject;
};

Errand make_errand(const EntitySwap& names, const CorpusClauses& clauses, std::mt19937_64& random);

}  // namespace sancho::core

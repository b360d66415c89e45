#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "core/drafting/prompt.h"
#include "core/playback/instruction_writer.h"
#include "core/pretrain/corpus.h"

namespace sancho::core {

/// One to five sentences in a row of a mail, between its greeting and its sign-off; the whole mail
/// where it has no more. Sentences too long to be told in a note are avoided.
CorpusMail excerpt(const CorpusMail& mail, std::mt19937_64& random);

/// The mail with the names that its own words use: the reader's of its greeting, the writer's of
/// its sign-off.
CorpusMail with_names_used(CorpusMail mail);

/// True where the target has no name, date, number, link or file that its prompt does not give,
/// and the instruction asks for none that the target leaves out.
bool tells_the_truth(const PromptParts& parts, const std::string& target,
                     const std::string& subject);

}  // namespace sancho::core

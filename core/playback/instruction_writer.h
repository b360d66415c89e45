#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sancho::core {

/// What the writer may know of a mail.
struct WrittenMail {
  std::string from_name, to_name, subject, incoming, body;
};

struct Instruction {
  std::string text;
  std::string style;  // "terse", "sentence", "bullets", "toned"
};

/// Facts a mail carries and an instruction may name: people, dates and times, amounts, links,
/// phone numbers, file names. Kind is one of "name date time amount link phone file".
struct Fact {
  std::string text;
  std::string kind;
};
std::vector<Fact> find_facts(std::string_view text);

/// How closely an instruction may follow its mail.
struct InstructionLimits {
  std::size_t act_words = 16;   // told of one sentence, at most
  std::size_t shared_run = 12;  // words in a row taken from a mail that is not short
};

/// Deterministic data playback without a language model: reads intent, key phrases, facts, length
/// and tone out of a mail and words an instruction from them. `variant` picks the phrasing; the
/// same mail and variant give the same instruction. Empty text where the mail has nothing to ask
/// for.
Instruction write_instruction(const WrittenMail& mail, std::uint64_t variant,
                              const InstructionLimits& limits = {});

}  // namespace sancho::core

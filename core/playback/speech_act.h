#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sancho::core {

/// What one sentence of a mail does, told from outside: `text` is what follows the verb of the
/// telling ("tell them" *the report is ready*, "ask" *if they have it*), in reported speech: the
/// writer stays "I", the reader becomes "they".
struct SpeechAct {
  enum class Kind {
    tell,       // a statement
    request,    // the reader is asked to do something: an infinitive
    ask,        // an indirect question: "if they have it", "what the plan is"
    question,   // a question left as it is
    thank,      // "for the report", may be empty
    apologise,  // "for the delay", may be empty
    congratulate,
    suggest,
    wish,   // "a great weekend"
    say,    // short words said as such: "yes", "sounds good"
    attach  // "the report"
  };
  Kind kind = Kind::tell;
  std::string text;
};

/// The acts of a mail's sentences, in order; sentences that say nothing are left out.
std::vector<SpeechAct> read_speech_acts(const std::vector<std::string>& sentences);

}  // namespace sancho::core

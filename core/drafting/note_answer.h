#pragma once

#include <string>

namespace sancho::core {

/// A note as the answer to `incoming` that it already is: "hangs in the garage, yellow tag" becomes
/// "Hangs in the garage, yellow tag." Empty where nothing is answered, where the note tells the
/// writer what to do ("ask her whether", "send the plan", "short and friendly:") or speaks of the
/// reader, `to_name`, and where it is longer than answers in a few words are.
std::string note_answer(const std::string& note, const std::string& incoming,
                        const std::string& to_name);

/// `answer` between greeting and sign-off of `body`, a mail to `to_name`; `opening` instead of the
/// greeting unless empty.
std::string framed_like(const std::string& answer, const std::string& body,
                        const std::string& opening, const std::string& to_name);

}  // namespace sancho::core

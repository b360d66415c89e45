#pragma once

#include <string>

namespace sancho::core {

/// Of an answer to a mail with this subject: "Re: " once.
std::string reply_subject(const std::string& subject);

/// Of a new mail: the model's proposal where every word of it stands in the mail or was asked for;
/// else the first words of the mail's first sentence, or of the instruction.
std::string new_subject(const std::string& proposed, const std::string& body,
                        const std::string& instruction, const std::string& to_name);

}  // namespace sancho::core

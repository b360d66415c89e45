#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sancho::core {

/// One of the commoner given names of the English-speaking world and its neighbours that hardly
/// ever opens a sentence as a word or a place, as "will", "mark" and "jordan" do.
bool is_given_name(std::string_view lower_case_word);

/// The given names that open sentences of `text`, where a capital alone tells nothing.
std::vector<std::string> names_opening_sentences(std::string_view text);

/// Whom an instruction asks to be written to: "Tomáš" of "ask Tomáš to call", "Bob" of "tell bob
/// …", "Dr. Weiss" of "remind Dr. Weiss …"; empty where it does not open so.
std::string reader_named_in(std::string_view instruction);

}  // namespace sancho::core

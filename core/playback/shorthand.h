#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace sancho::core {

// How busy people shorten what they type. Facts stay as they are.

/// At most `limit` words, cut where a clause ends if there is such a place.
std::string shorten(const std::string& text, std::size_t limit);
/// Without articles and "that", contractions back: "i'll send report".
std::string telegraphic(const std::string& text);
/// The words that carry the meaning: "send report friday" from "I will send the report on Friday".
std::string key_words(const std::string& text);
/// Without the subject that opens it, and its "am" or "is": "will send it" from "i will send it",
/// "behind the door" from "it's behind the door".
std::string subjectless(const std::string& text);
/// Abbreviations of the keyboard: "w/", "pls", "mtg"; bits of `choice` pick which.
std::string abbreviated(const std::string& text, std::uint64_t choice);

}  // namespace sancho::core

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sancho::core {

/// ASCII lower case; bytes of other scripts stay as they are.
std::string lower_case(std::string_view text);
std::string_view trim(std::string_view text);
/// Split at white space.
std::vector<std::string> split_words(std::string_view text);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
/// Without punctuation at either end ("(Bob)," → "Bob").
std::string_view strip_punctuation(std::string_view word);
bool is_upper(std::string_view word);  // starts with a capital letter, Latin-1 letters included
/// Function words: articles, pronouns, auxiliaries, prepositions, conjunctions.
bool is_stop_word(std::string_view lower_case_word);
/// Words that open sentences with a capital and are no names.
bool opens_sentences(std::string_view lower_case_word);
/// "Thanks,", "Best regards": a line that closes a mail.
bool is_closing(std::string_view line);
/// A mail without the line breaks of hard-wrapped text and runs of spaces; paragraphs and short
/// lines stay apart.
std::string unwrap(std::string_view text);
/// Sentences in order; a line end ends one too.
std::vector<std::string> split_sentences(std::string_view unwrapped);

/// A mail's parts as a reader sees them.
struct MailParts {
  std::string greeting;
  std::vector<std::string> sentences;  // between greeting and sign-off
  std::string sign_off;
};
MailParts split_mail(std::string_view body, std::string_view from_name, std::string_view to_name);

}  // namespace sancho::core

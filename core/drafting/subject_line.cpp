#include "core/drafting/subject_line.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "core/drafting/grounding.h"
#include "core/playback/text_words.h"

namespace sancho::core {
namespace {

bool starts_with_reply_mark(const std::string& subject) {
  return subject.size() >= 3 && std::tolower(static_cast<unsigned char>(subject[0])) == 'r' &&
         std::tolower(static_cast<unsigned char>(subject[1])) == 'e' && subject[2] == ':';
}

}  // namespace

std::string reply_subject(const std::string& subject) {
  return starts_with_reply_mark(subject) ? subject : "Re: " + subject;
}

std::string new_subject(const std::string& proposed, const std::string& body,
                        const std::string& instruction, const std::string& to_name) {
  constexpr std::size_t most_words = 8;
  const std::string known = canonical_words(body + "\n" + instruction);
  const auto is_known = [&](const std::string& word) {
    const std::string bare = canonical_words(word);
    return is_stop_word(lower_case(word)) || known.find(bare) != std::string::npos;
  };
  if (!proposed.empty() && std::ranges::all_of(split_words(proposed), is_known)) return proposed;
  const auto sentences = split_mail(body, {}, to_name).sentences;
  auto words = split_words(sentences.empty() ? instruction : sentences.front());
  if (words.size() > most_words) words.resize(most_words);
  std::string subject = join(words, " ");
  while (!subject.empty() &&
         std::string_view(".,;:").find(subject.back()) != std::string_view::npos)
    subject.pop_back();
  return subject;
}

}  // namespace sancho::core

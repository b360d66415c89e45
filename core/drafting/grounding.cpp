#include "core/drafting/grounding.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "core/drafting/given_names.h"
#include "core/playback/text_words.h"

namespace sancho::core {
namespace {

/// The draft without the word that closes it, as "Onwards," does, which names nobody: alone on its
/// line, a comma behind it, after other lines and with one more at most below it.
std::string without_closing(const std::string& draft) {
  std::vector<std::string> lines;
  std::string line;
  for (std::istringstream in(draft); std::getline(in, line);)
    if (!split_words(line).empty()) lines.push_back(line);
  for (std::size_t i = std::max<std::size_t>(lines.size(), 3) - 2; i < lines.size(); ++i)
    if (const auto words = split_words(lines[i]); words.size() == 1 && words[0].back() == ',')
      lines[i].clear();
  return join(lines, "\n");
}

/// With the names that open sentences, where a capital alone tells nothing.
std::vector<Fact> facts_of(const std::string& text) {
  auto facts = find_facts(text);
  for (auto& name : names_opening_sentences(text))
    if (std::ranges::none_of(facts, [&](const Fact& fact) {
          return canonical_words(fact.text).find(canonical_words(name)) != std::string::npos;
        }))
      facts.push_back({std::move(name), "name"});
  return facts;
}

}  // namespace

std::string canonical_words(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(' ');
  };
  const auto is_digit = [&](std::size_t i) { return std::isdigit(byte(i)) != 0; };
  std::string words = " ";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = byte(i);
    if (std::isalnum(c) || c >= 0x80) {
      words += static_cast<char>(std::tolower(c));
    } else if ((c == ',' || c == '-') && i > 0 && is_digit(i - 1) && is_digit(i + 1)) {
      continue;
    } else if (words.back() != ' ') {
      words += ' ';
    }
  }
  if (words.back() != ' ') words += ' ';
  return words;
}

std::vector<GroundedFact> ground_facts(const std::string& draft,
                                       std::span<const FactSource> sources) {
  std::vector<std::string> haystacks;
  for (const auto& source : sources) haystacks.push_back(canonical_words(source.text));

  std::vector<GroundedFact> grounded;
  std::vector<std::string> seen;
  for (Fact& fact : facts_of(without_closing(draft))) {
    const std::string needle = canonical_words(fact.text);
    if (needle.size() < 2 || std::find(seen.begin(), seen.end(), needle) != seen.end()) continue;
    seen.push_back(needle);
    const auto found = std::find_if(
        haystacks.begin(), haystacks.end(),
        [&](const std::string& text) { return text.find(needle) != std::string::npos; });
    grounded.push_back(
        {std::move(fact), found == haystacks.end()
                              ? "none"
                              : sources[static_cast<std::size_t>(found - haystacks.begin())].name});
  }
  return grounded;
}

}  // namespace sancho::core

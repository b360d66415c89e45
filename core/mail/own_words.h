#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sancho::core {

/// A body taken apart.
struct OwnWords {
  std::string own;        // what the sender wrote in this mail, line breaks kept
  std::string signature;  // contact block, mobile tag or disclaimer cut from its end
};

/// Takes the sender's own words out of a decoded body: quotes, forwards, attribution lines and the
/// signature go; the closing name stays.
OwnWords split_own_words(std::string_view body);

/// Where an original mail that is repeated below begins: the first line of its header or marker,
/// or lines.size(). Knows Outlook, Lotus Notes, Gmail and Apple Mail layouts.
std::size_t quoted_original_line(const std::vector<std::string_view>& lines);

/// How many lines, from `at` on, form an attribution such as "On Monday …, Ana wrote:"; 0 = none.
std::size_t attribution_lines(const std::vector<std::string_view>& lines, std::size_t at);

/// `line` without white space at both ends.
std::string_view trimmed(std::string_view line);

}  // namespace sancho::core

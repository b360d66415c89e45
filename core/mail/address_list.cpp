#include "core/mail/address_list.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/mail/own_words.h"

namespace sancho::core {
namespace {

constexpr std::size_t kMostAddresses = 5000;

/// Reads one header from left to right.
class Scanner {
 public:
  explicit Scanner(std::string_view field) : field_(field) {}

  std::vector<Address> run() {
    while (at_ < field_.size() && found_.size() < kMostAddresses) step();
    end_entry();
    return std::move(found_);
  }

 private:
  void step() {
    const char c = field_[at_];
    if (c == '"')
      read_quoted();
    else if (c == '(')
      read_comment();
    else if (c == '<')
      read_bracketed();
    else if (c == ',' || c == ';')
      end_entry(), ++at_;
    else if (c == ':' && words_.find('@') == std::string::npos)
      words_.clear(), ++at_;  // a group
    else
      words_ += field_[at_++];
  }

  void read_quoted() {
    for (++at_; at_ < field_.size() && field_[at_] != '"'; ++at_) {
      if (field_[at_] == '\\' && at_ + 1 < field_.size()) ++at_;
      words_ += field_[at_];
      quoted_ = true;
    }
    ++at_;
  }

  void read_comment() {
    int depth = 0;
    for (; at_ < field_.size(); ++at_) {
      const char c = field_[at_];
      if (c == '(' && depth++ == 0) continue;
      if (c == ')' && --depth == 0) break;
      if (c == '\\' && at_ + 1 < field_.size()) ++at_;
      comment_ += field_[at_];
    }
    ++at_;
  }

  void read_bracketed() {
    const std::size_t end = std::min(field_.find_first_of(">,;", at_), field_.size());
    bracketed_ = field_.substr(at_ + 1, end - at_ - 1);
    has_bracket_ = true;
    at_ = end < field_.size() && field_[end] == '>' ? end + 1 : end;
  }

  void end_entry() {
    Address entry;
    const std::string_view words = trimmed(words_);
    if (has_bracket_) {
      entry = {std::string(words), std::string(trimmed(bracketed_))};
    } else if (!quoted_ && words.find('@') != std::string_view::npos) {
      entry = {std::string(trimmed(comment_)), std::string(words)};
    } else if (words.find('@') != std::string_view::npos &&
               words.find(' ') == std::string_view::npos) {
      entry = {{}, std::string(words)};
    } else {
      entry.name = words;
    }
    std::erase_if(entry.address, [](char c) { return c == ' ' || c == '\t' || c == '"'; });
    for (char& c : entry.address)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!entry.name.empty() || !entry.address.empty()) found_.push_back(std::move(entry));
    words_.clear();
    comment_.clear();
    bracketed_ = {};
    has_bracket_ = quoted_ = false;
  }

  std::string_view field_;
  std::size_t at_ = 0;
  std::string words_, comment_;
  std::string_view bracketed_;
  bool has_bracket_ = false, quoted_ = false;
  std::vector<Address> found_;
};

}  // namespace

std::vector<Address> parse_address_list(std::string_view field) {
  return Scanner(field).run();
}

}  // namespace sancho::core

#include "core/drafting/fact_guard.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/playback/text_words.h"

namespace sancho::core {
namespace {

constexpr float never = -std::numeric_limits<float>::infinity();
constexpr std::size_t group = 3;  // digits between thousands separators

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The digits that stand at `begin`.
std::string_view run_at(std::string_view text, std::size_t begin) {
  begin = std::min(begin, text.size());
  std::size_t end = begin;
  while (end < text.size() && is_digit(text[end])) ++end;
  return text.substr(begin, end - begin);
}

/// The runs of digits of `text`; "1,250" is the number 1250.
std::vector<std::string> numbers_of(std::string_view text) {
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < text.size();) {
    std::string_view run = run_at(text, i);
    if (run.empty()) {
      ++i;
      continue;
    }
    std::string number(run);
    i += run.size();
    if (run.size() <= group)
      while (i < text.size() && text[i] == ',' && (run = run_at(text, i + 1)).size() == group) {
        number += run;
        i += 1 + group;
      }
    numbers.push_back(std::move(number));
  }
  return numbers;
}

/// Words that say when, by what they may be written as in a source. "may" is too often a verb.
const std::map<std::string, std::string, std::less<>>& day_words() {
  static const std::map<std::string, std::string, std::less<>> words{
      {"monday", " mon"},         {"tuesday", " tue"},  {"wednesday", " wed"},
      {"thursday", " thu"},       {"friday", " fri"},   {"saturday", " sat"},
      {"sunday", " sun"},         {"january", " jan"},  {"february", " feb"},
      {"march", " mar"},          {"april", " apr"},    {"june", " jun"},
      {"july", " jul"},           {"august", " aug"},   {"september", " sep"},
      {"october", " oct"},        {"november", " nov"}, {"december", " dec"},
      {"today", " today"},        {"tomorrow", " tom"}, {"tonight", " tonight"},
      {"yesterday", " yesterday"}};
  return words;
}

std::string piece_text(const engine::Tokenizer& tokenizer, engine::TokenId id) {
  if (tokenizer.is_control(id)) return {};
  std::string piece = tokenizer.piece(id);
  if (piece.size() == 6 && piece.starts_with("<0x") && piece.ends_with('>'))
    return std::string(1, static_cast<char>(std::stoi(piece.substr(3, 2), nullptr, 16)));
  constexpr std::string_view space = "▁";
  for (auto at = piece.find(space); at != std::string::npos; at = piece.find(space))
    piece.replace(at, space.size(), " ");
  return piece;
}

}  // namespace

std::vector<std::string> piece_texts(const engine::Tokenizer& tokenizer) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < tokenizer.vocab_size(); ++i)
    texts.push_back(piece_text(tokenizer, static_cast<engine::TokenId>(i)));
  return texts;
}

FactGuard::FactGuard(const std::vector<std::string>& pieces, std::span<const FactSource> sources)
    : pieces_(pieces) {
  std::string words = " ";
  bool has_address = false;
  for (const FactSource& source : sources) {
    words += canonical_words(source.text);
    told_ += source.text + "\n";
    has_address = has_address || source.text.find('@') != std::string::npos;
    for (const std::string& number : numbers_of(source.text)) ++numbers_[number];
  }
  for (const auto& [day, beginning] : day_words())
    if (words.find(beginning) == std::string::npos) untold_days_.push_back(day);
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    const std::string& text = pieces_[i];
    by_text_.emplace(text, i);
    const std::string word = lower_case(strip_punctuation(trim(text)));
    if (std::ranges::find(untold_days_, word) != untold_days_.end() ||
        (!has_address && text.find('@') != std::string::npos))
      forbidden_.push_back(i);
    if (text == "," || std::ranges::any_of(text, is_digit)) numeric_.push_back(i);
  }
}

bool FactGuard::is_left(const Counts& used, std::string_view number) const {
  const auto there = numbers_.find(number);
  if (there == numbers_.end()) return false;
  const auto spent = used.find(number);
  return spent == used.end() || spent->second < there->second;
}

/// Whether a number that is left starts with these digits.
bool FactGuard::begins(const Counts& used, std::string_view digits) const {
  for (auto at = numbers_.lower_bound(digits);
       at != numbers_.end() && at->first.starts_with(digits); ++at)
    if (is_left(used, at->first)) return true;
  return false;
}

/// Whether a thousands separator may stand behind these digits.
bool FactGuard::separates(const Counts& used, std::string_view digits) const {
  for (auto at = numbers_.lower_bound(digits);
       at != numbers_.end() && at->first.starts_with(digits); ++at)
    if (at->first.size() > digits.size() && (at->first.size() - digits.size()) % group == 0 &&
        is_left(used, at->first))
      return true;
  return false;
}

/// Whether a source has these digits behind this point ("4."); where there is none, it needs none.
bool FactGuard::has_decimal(std::string_view point, std::string_view digits) const {
  return point.empty() || told_.find(std::string(point) + std::string(digits)) != told_.npos;
}

/// Ends the number that is open; whether it may end so.
bool FactGuard::close(State& state) const {
  if (state.open.empty()) return true;
  const bool whole = is_left(state.used, state.open);
  ++state.used[state.open];
  state.open.clear();
  return whole;
}

/// Goes on by one character; whether it may stand there.
bool FactGuard::go_on(State& state, char c) const {
  const bool separated = std::exchange(state.comma, false);
  if (is_digit(c)) {
    bool allowed = true;
    if (separated && !begins(state.used, state.open + c)) {  // "3,4"
      allowed = close(state);
      state.point.clear();
    }
    state.open += c;
    return allowed && begins(state.used, state.open) && has_decimal(state.point, state.open);
  }
  if (c == ',' && !state.open.empty() && !separated) {
    state.comma = true;
    return is_left(state.used, state.open) || separates(state.used, state.open);
  }
  const bool pointed = c == '.' && !state.open.empty() && !separated;
  state.point = pointed ? state.open + c : std::string();
  return close(state);
}

bool FactGuard::fits(State state, std::string_view text) const {
  return std::ranges::all_of(text, [&](char c) { return go_on(state, c); });
}

void FactGuard::restrict(std::span<const engine::TokenId> written, std::span<float> logits) const {
  State state;
  std::string word;  // the letters it ends with, in lower case
  for (const engine::TokenId id : written)
    for (const char c : pieces_[static_cast<std::size_t>(id)]) {
      go_on(state, c);
      if (is_letter(c))
        word += lower(c);
      else
        word.clear();
    }
  for (const std::size_t id : forbidden_) logits[id] = never;
  for (const std::string& day : untold_days_)  // "Th" + "ursday"
    if (!word.empty() && day.starts_with(word))
      if (const auto rest = by_text_.find(std::string_view(day).substr(word.size()));
          rest != by_text_.end())
        logits[rest->second] = never;
  const bool unfinished = !state.open.empty() && !is_left(state.used, state.open);
  std::vector<float> kept;
  for (const std::size_t id : numeric_)
    kept.push_back(fits(state, pieces_[id]) ? logits[id] : never);
  if (unfinished) std::ranges::fill(logits, never);  // nothing but the rest of it can go on
  for (std::size_t i = 0; i < kept.size(); ++i) logits[numeric_[i]] = kept[i];
}

}  // namespace sancho::core

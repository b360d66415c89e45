#include "core/drafting/fact_guard.h"

#include <algorithm>
#include <limits>

#include "core/playback/text_words.h"

namespace sancho::core {
namespace {

constexpr float never = -std::numeric_limits<float>::infinity();

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The runs of digits of `text`.
std::vector<std::string> digit_runs(std::string_view text) {
  std::vector<std::string> runs;
  bool open = false;
  for (const char c : text) {
    if (is_digit(c) && !open) runs.emplace_back();
    if (is_digit(c)) runs.back() += c;
    open = is_digit(c);
  }
  return runs;
}

/// "1,250" → "1250".
std::string without_separators(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool separates = text[i] == ',' && i > 0 && i + 1 < text.size() &&
                           is_digit(text[i - 1]) && is_digit(text[i + 1]);
    if (!separates) plain += text[i];
  }
  return plain;
}

/// "1250" → "1", "250", as its digits stand between separators.
std::vector<std::string> groups_of_three(const std::string& number) {
  std::vector<std::string> groups;
  for (std::size_t begin = 0; begin < number.size();) {
    const std::size_t size = begin == 0 && number.size() % 3 != 0 ? number.size() % 3 : 3;
    groups.push_back(number.substr(begin, size));
    begin += size;
  }
  return groups;
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
    for (const std::string& run : digit_runs(source.text)) ++numbers_[run];
    for (const std::string& run : digit_runs(without_separators(source.text))) {
      if (run.size() <= 3) continue;
      ++numbers_[run];
      for (const std::string& group : groups_of_three(run)) ++numbers_[group];
    }
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
    if (std::ranges::any_of(text, is_digit)) with_digits_.push_back(i);
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

/// Whether a source has digits behind this point ("4."); where there is none, it needs none.
bool FactGuard::has_decimal(std::string_view point, std::string_view digits) const {
  return point.empty() || told_.find(std::string(point) + std::string(digits)) != told_.npos;
}

/// Whether `text` can follow: its numbers are left, and the one it ends with begins one.
bool FactGuard::fits(const State& state, std::string_view text) const {
  std::string run = state.open, point = state.point;
  for (const char c : text) {
    if (is_digit(c)) {
      run += c;
      if (!begins(state.used, run) || !has_decimal(point, run)) return false;
    } else {
      if (!run.empty() && !is_left(state.used, run)) return false;
      point = c == '.' && !run.empty() ? run + c : std::string();
      run.clear();
    }
  }
  return true;
}

void FactGuard::restrict(std::span<const engine::TokenId> written, std::span<float> logits) const {
  State state;
  for (const engine::TokenId id : written)
    for (const char c : pieces_[static_cast<std::size_t>(id)]) {
      if (is_digit(c)) {
        state.open += c;
      } else {
        if (!state.open.empty()) ++state.used[state.open];
        state.point = c == '.' && !state.open.empty() ? state.open + c : std::string();
        state.open.clear();
      }
      if (is_letter(c))
        state.word += lower(c);
      else
        state.word.clear();
    }
  for (const std::size_t id : forbidden_) logits[id] = never;
  for (const std::string& day : untold_days_)  // "Th" + "ursday"
    if (!state.word.empty() && day.starts_with(state.word))
      if (const auto rest = by_text_.find(std::string_view(day).substr(state.word.size()));
          rest != by_text_.end())
        logits[rest->second] = never;
  const bool open_only = !state.open.empty() && !is_left(state.used, state.open);
  std::vector<float> kept;
  for (const std::size_t id : with_digits_)
    kept.push_back(fits(state, pieces_[id]) ? logits[id] : never);
  if (open_only) std::ranges::fill(logits, never);  // nothing but digits can go on
  for (std::size_t i = 0; i < kept.size(); ++i) logits[with_digits_[i]] = kept[i];
}

}  // namespace sancho::core
